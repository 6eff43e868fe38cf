package io.tracery.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void printsOneLinePerStepWithoutColourWhereNobodyLooks() {
        Terminal terminal = new Terminal(new PrintStream(bytes, true, UTF_8), false);

        terminal.step("shop", () -> {
            terminal.progress("shop: half");
            return 1;
        });
        assertThatThrownBy(() -> terminal.step("sidecars", () -> {
                    throw new DemoException("no");
                }))
                .isInstanceOf(DemoException.class);

        assertThat(bytes.toString(UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).matches("✓ shop +\\d+\\.\\d s"),
                        line -> assertThat(line).matches("✗ sidecars +\\d+\\.\\d s"));
    }

    @Test
    void rewritesTheLineOfTheStepUnderWayOnATerminal() {
        Terminal terminal = new Terminal(new PrintStream(bytes, true, UTF_8), true);

        terminal.step("shop", () -> {
            terminal.line("something happened");
            return 1;
        });

        assertThat(bytes.toString(UTF_8)).contains("\r\u001b[2Ksomething happened\n");
    }
}
