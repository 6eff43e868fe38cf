package io.tracery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchProxyCommandTest {

    @Test
    void passesOnWhatItWasGiven() {
        BenchProxyCommand command = CommandLine.populateCommand(
                new BenchProxyCommand(), "--against", "envoy", "--work", "h2,grpc", "--rounds", "3", "--json");

        assertThat(command.arguments())
                .containsSequence("--against", "envoy")
                .containsSequence("--work", "h2,grpc")
                .containsSequence("--rounds", "3")
                .containsSequence("--results", "load-tests/results")
                .contains("--json")
                .doesNotContain("--install", "--page");
    }

    @Test
    void saysWhereLinkerdIsAsSeenFromHere() {
        BenchProxyCommand command =
                CommandLine.populateCommand(new BenchProxyCommand(), "--against", "linkerd", "--linkerd", "src/proxy");

        assertThat(command.arguments())
                .containsSequence(
                        "--linkerd", Path.of("src/proxy").toAbsolutePath().toString());
        assertThat(new BenchProxyCommand().arguments()).doesNotContain("--linkerd");
    }

    @Test
    void namesEveryWorkInItsHelp() {
        StringWriter said = new StringWriter();
        CommandLine line = TraceryCli.commandLine();
        line.setOut(new PrintWriter(said));

        assertThat(line.execute("bench", "proxy", "--help")).isZero();

        assertThat(said.toString())
                .contains("h1-mtls-pair", "grpc", "tcp", "connections", "large-body", "--install", "--page", "--rates");
    }

    @Test
    void refusesWhatItDoesNotKnowWith64() {
        CommandLine line = TraceryCli.commandLine();
        line.setErr(new PrintWriter(new StringWriter()));

        assertThat(line.execute("bench")).isEqualTo(64);
        assertThat(line.execute("bench", "proxy", "--rouns", "3")).isEqualTo(64);
        assertThat(line.execute("bench", "streaming", "--gib", "3")).isEqualTo(64);
        assertThat(line.execute("bench", "search", "--span", "3")).isEqualTo(64);
    }
}
