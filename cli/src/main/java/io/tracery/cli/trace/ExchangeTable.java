package io.tracery.cli.trace;

import io.tracery.cli.text.Printable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Exchanges as lines, columns as wide as they must be. */
final class ExchangeTable {

    private static final List<String> HEAD =
            List.of("TIME UTC", "TOOK", "FATE", "STATUS", "SERVICE", "KIND", "PEER", "WHAT", "TRACE");
    private static final int WIDEST = 48;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private ExchangeTable() {}

    static List<String> of(List<ExchangeRow> rows) {
        List<List<String>> cells = new ArrayList<>(List.of(HEAD));
        rows.forEach(row -> cells.add(cells(row)));
        int[] widths = new int[HEAD.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        return cells.stream().map(line -> Printable.of(line(line, widths))).toList();
    }

    private static List<String> cells(ExchangeRow row) {
        Instant start = Instant.EPOCH.plusNanos(TimeUnit.MICROSECONDS.toNanos(row.startMicros()));
        return List.of(
                TIME.format(start.atZone(ZoneOffset.UTC)),
                Figures.duration(row.micros()),
                row.fate(),
                row.status(),
                cut(row.service()),
                row.kind(),
                cut(row.peer()),
                cut(row.path().isEmpty() ? row.name() : row.name().split(" ", 2)[0] + " " + row.path()),
                row.trace());
    }

    private static String cut(String text) {
        return text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + "…";
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + 2);
        }
        return line.toString().stripTrailing();
    }
}
