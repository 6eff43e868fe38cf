package io.tracery.load.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkerdCheckoutTest {

    private static final FileTime BEFORE = FileTime.fromMillis(1_000);
    private static final FileTime BUILT = FileTime.fromMillis(2_000);
    private static final FileTime AFTER = FileTime.fromMillis(3_000);

    @TempDir
    Path folder;

    private LinkerdCheckout checkout;
    private Path program;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = new LinkerdCheckout(folder);
        file("linkerd2-proxy/Cargo.toml", BEFORE);
        program = file("target/release/linkerd2-proxy", BUILT);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void takesTheProgramThatIsNewerThanEverySource() throws Exception {
        file("target/release/build/out.rs", AFTER);
        file(".git/index", AFTER);

        assertThat(checkout.program()).isEqualTo(program);
    }

    @Test
    void seesThatASourceIsNewer() throws IOException {
        assertThat(checkout.changedSince(BUILT)).isFalse();

        file("linkerd/app/src/lib.rs", AFTER);

        assertThat(checkout.changedSince(BUILT)).isTrue();
    }

    @Test
    void buildsInTheCheckoutAndNowhereElse() {
        assertThat(checkout.build())
                .containsExactly(
                        "env",
                        "--chdir=" + folder,
                        "RUSTFLAGS=--cfg tokio_unstable",
                        "cargo",
                        "build",
                        "--locked",
                        "--release",
                        "--package",
                        "linkerd2-proxy",
                        "--target-dir",
                        folder + "/target");
    }

    @Test
    void refusesAFolderOfSomethingElse() throws IOException {
        Files.delete(folder.resolve("linkerd2-proxy/Cargo.toml"));

        assertThatThrownBy(checkout::program).hasMessageContaining(folder + " is no checkout of linkerd2-proxy");
    }

    private Path file(String name, FileTime changed) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.setLastModifiedTime(Files.writeString(file, ""), changed);
    }
}
