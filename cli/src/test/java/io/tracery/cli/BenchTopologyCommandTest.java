package io.tracery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTopologyCommandTest {

    @Test
    void passesOnWhatItWasGiven() {
        BenchTopologyCommand command = CommandLine.populateCommand(
                new BenchTopologyCommand(), "--workloads", "500", "--edges", "2500", "--requests", "100000", "--json");

        assertThat(command.arguments())
                .containsExactly(
                        "--workloads",
                        "500",
                        "--edges",
                        "2500",
                        "--requests",
                        "100000",
                        "--warm-up",
                        "150",
                        "--seconds",
                        "60",
                        "--json");
    }
}
