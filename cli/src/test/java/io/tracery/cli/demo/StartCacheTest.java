package io.tracery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCacheTest {

    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private Path jar;
    private Path file;
    private StartCache cache;

    @BeforeEach
    void build() throws IOException {
        jar = Files.createFile(folder.resolve("proxy.jar"));
        Files.setLastModifiedTime(jar, FileTime.from(BUILT));
        file = folder.resolve("sidecar.aot");
        cache = new StartCache(file, jar.toString());
    }

    @Test
    void isWrittenByOneProcessAndUsedByAllAfterThat() throws IOException {
        assertThat(cache.options(false)).isEmpty();
        assertThat(cache.options(true)).containsExactly("-XX:AOTCacheOutput=" + file + ".new");

        Files.createFile(folder.resolve("sidecar.aot.new"));
        cache.keep(true);

        assertThat(cache.options(false)).containsExactly("-XX:AOTCache=" + file);
        assertThat(cache.options(true)).containsExactly("-XX:AOTCache=" + file);
    }

    @Test
    void isWrittenAnewAfterABuild() throws IOException {
        Files.createFile(file);
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));

        assertThat(cache.options(false)).isEmpty();
        assertThat(cache.options(true)).isNotEmpty();
    }

    @Test
    void isThrownAwayWhenItsWriterWasKilled() throws IOException {
        Files.createFile(folder.resolve("sidecar.aot.new"));

        cache.keep(false);

        assertThat(folder).isDirectoryNotContaining(path -> path.toString().contains("aot"));
    }
}
