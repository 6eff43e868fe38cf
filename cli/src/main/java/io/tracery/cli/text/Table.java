package io.tracery.cli.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under titles, aligned. Where the screen is too narrow, columns that may go do, the last one first, and then the texts
 * that may be cut are.
 */
public final class Table {

    private static final String GAP = "  ";
    private static final int LEAST = 12;

    /** How a column behaves. */
    public enum Kind {
        /** Figures, to the right; always there. */
        FIGURE,
        /** Figures that a narrow screen can do without. */
        SPARE_FIGURE,
        /** Words, to the left; always there and whole. */
        WORD,
        /** Words that a narrow screen can do without. */
        SPARE_WORD,
        /** A text that may be cut. */
        TEXT;

        boolean spare() {
            return this == SPARE_FIGURE || this == SPARE_WORD;
        }

        boolean right() {
            return this == FIGURE || this == SPARE_FIGURE;
        }
    }

    /** A column's title and kind. */
    public record Column(String title, Kind kind) {}

    /** What stands in a row, with its health. */
    public record Cell(String text, Ink ink) {
        public Cell {
            text = Printable.of(text);
        }

        public static Cell of(String text) {
            return new Cell(text, Ink.PLAIN);
        }
    }

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    public Table(Column... columns) {
        this.columns = List.of(columns);
    }

    public static Column figure(String title) {
        return new Column(title, Kind.FIGURE);
    }

    public static Column spareFigure(String title) {
        return new Column(title, Kind.SPARE_FIGURE);
    }

    public static Column word(String title) {
        return new Column(title, Kind.WORD);
    }

    public static Column spareWord(String title) {
        return new Column(title, Kind.SPARE_WORD);
    }

    public static Column text(String title) {
        return new Column(title, Kind.TEXT);
    }

    /** A cell for each column. */
    public Table row(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The table as lines. A column in which nothing stands is left out. */
    public List<String> lines(Screen screen) {
        int[] widths = new int[columns.size()];
        boolean[] shown = new boolean[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).title().length();
            for (List<Cell> row : rows) {
                String text = row.get(i).text();
                widths[i] = Math.max(widths[i], text.length());
                shown[i] |= !text.isEmpty();
            }
        }
        for (int i = widths.length - 1; i >= 0 && total(widths, shown) > screen.columns(); i--) {
            shown[i] &= !columns.get(i).kind().spare();
        }
        cut(widths, shown, screen.columns());
        List<String> lines = new ArrayList<>();
        lines.add(line(columns.stream().map(column -> Cell.of(column.title())).toList(), widths, shown, false));
        rows.forEach(row -> lines.add(line(row, widths, shown, screen.colours())));
        return lines;
    }

    private void cut(int[] widths, boolean[] shown, int room) {
        for (int over = total(widths, shown) - room; over > 0; over--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (shown[i]
                        && columns.get(i).kind() == Kind.TEXT
                        && widths[i] > LEAST
                        && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    private static int total(int[] widths, boolean[] shown) {
        int[] seen = new int[widths.length];
        for (int i = 0; i < widths.length; i++) {
            seen[i] = shown[i] ? widths[i] + GAP.length() : 0;
        }
        return Arrays.stream(seen).sum() - GAP.length();
    }

    private String line(List<Cell> cells, int[] widths, boolean[] shown, boolean colours) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            if (!shown[i]) {
                continue;
            }
            Cell cell = cells.get(i);
            String text = shorten(cell.text(), widths[i]);
            String room = " ".repeat(widths[i] - text.length());
            String painted = cell.ink().paint(text, colours);
            line.append(line.isEmpty() ? "" : GAP)
                    .append(columns.get(i).kind().right() ? room + painted : painted + room);
        }
        return line.toString().stripTrailing();
    }

    /** Cut in the middle where it is too long: a name's end says as much as its beginning. */
    public static String shorten(String text, int width) {
        if (text.length() <= width) {
            return text;
        }
        int tail = (width - 1) / 2;
        return text.substring(0, width - 1 - tail) + "…" + text.substring(text.length() - tail);
    }
}
