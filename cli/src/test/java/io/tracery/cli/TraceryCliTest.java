package io.tracery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TraceryCliTest {

    private final StringWriter said = new StringWriter();

    @Test
    void refusesWhatItDoesNotKnowWith64() {
        assertThat(execute("deom")).isEqualTo(64);
        assertThat(said.toString()).contains("demo");
        assertThat(execute()).isEqualTo(64);
        assertThat(execute("demo", "--quick")).isEqualTo(64);
    }

    @Test
    void saysOfEachCommandAWholeSentence() {
        assertThat(execute("--help")).isZero();
        assertThat(said.toString().replaceAll("\\s+", " "))
                .contains(
                        "and why the mesh did what it did. traces ",
                        "until Ctrl-C. explain ",
                        "recorded lately. bench ");
    }

    @Test
    void refusesARateBeyondItsBound() {
        assertThat(execute("demo", "--rate", "0")).isEqualTo(64);
        assertThat(said.toString()).contains("--rate must be 1 to 500");
    }

    @Test
    void refusesADurationWithoutAUnit() {
        assertThat(execute("demo", "--duration", "45")).isEqualTo(64);
        assertThat(said.toString()).contains("for example 45s");
    }

    @Test
    void failsWithADirectoryThatIsNotItsOwn(@TempDir Path folder) throws Exception {
        java.nio.file.Files.writeString(folder.resolve("thesis.txt"), "years of work");

        System.setProperty("tracery.home", repository().toString());
        try {
            assertThat(execute("demo", "--fresh", "--data-dir", folder.toString()))
                    .isEqualTo(1);
        } finally {
            System.clearProperty("tracery.home");
        }
        assertThat(folder.resolve("thesis.txt")).exists();
    }

    private int execute(String... args) {
        CommandLine line = TraceryCli.commandLine();
        line.setErr(new PrintWriter(said));
        line.setOut(new PrintWriter(said));
        return line.execute(args);
    }

    private static Path repository() {
        return Path.of("").toAbsolutePath().resolve("..").normalize();
    }
}
