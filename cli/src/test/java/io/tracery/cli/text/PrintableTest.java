package io.tracery.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void leavesNoControlCharacterToATerminal() {
        assertThat(Printable.of("GET /caf\u00e9 \u2192")).isEqualTo("GET /caf\u00e9 \u2192");
        assertThat(Printable.of("a\u001b[2J\r\n\u009bb")).isEqualTo("a\ufffd[2J\ufffd\ufffd\ufffdb");
    }

    @Test
    void standsBetweenTheCellsOfATableAndATerminal() {
        Table table = new Table(Table.text("NAME")).row(Table.Cell.of("\u001b]0;title\u0007"));
        assertThat(table.lines(Screen.PLAIN)).containsExactly("NAME", "\ufffd]0;title\ufffd");
    }
}
