package io.tracery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void emptiesADirectoryThatIsItsOwn() throws IOException {
        DataDir data = new DataDir(folder.resolve("data"));
        data.prepare();
        Files.createDirectories(data.path().resolve("kafka/log"));
        Files.writeString(data.path().resolve("kafka/log/0"), "records");

        data.clear();
        data.prepare();

        assertThat(data.path().resolve("kafka")).doesNotExist();
        assertThat(data.logs()).isEmptyDirectory();
    }

    @Test
    void neverTouchesADirectoryThatIsNotItsOwn() throws IOException {
        Path photo = Files.writeString(folder.resolve("photo.jpg"), "...");
        DataDir data = new DataDir(folder);

        assertThatThrownBy(data::clear).hasMessageContaining("leaves it alone");
        assertThatThrownBy(data::prepare).hasMessageContaining("--data-dir");
        assertThat(photo).exists();
    }

    @Test
    void doesNotDeleteThroughALink() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path kept = Files.writeString(outside.resolve("kept"), "...");
        DataDir data = new DataDir(folder.resolve("data"));
        data.prepare();
        Files.createSymbolicLink(data.path().resolve("link"), outside);

        data.clear();

        assertThat(kept).exists();
        assertThat(data.path().resolve("link")).doesNotExist();
    }
}
