package io.tracery.load.lab;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run of the lab found.
 *
 * @param rows ours first, then the peers
 * @param machine kernel and architecture
 */
record LabReport(List<Row> rows, String machine) {

    record Row(String name, String version, List<Sample> samples) {

        double rps() {
            return Sample.median(samples, Sample::requestsPerSecond);
        }

        double cpu() {
            return Sample.median(samples, Sample::cpuMicrosPerRequest);
        }

        double resident() {
            return Sample.median(samples, Sample::residentMebibytes);
        }

        long counted() {
            return samples.stream().filter(Sample::counts).count();
        }

        String cpuRange() {
            return String.format(
                    Locale.ROOT,
                    "%.1f–%.1f",
                    samples.stream()
                            .filter(Sample::counts)
                            .mapToDouble(Sample::cpuMicrosPerRequest)
                            .min()
                            .orElse(Double.NaN),
                    samples.stream()
                            .filter(Sample::counts)
                            .mapToDouble(Sample::cpuMicrosPerRequest)
                            .max()
                            .orElse(Double.NaN));
        }
    }

    static LabReport of(Map<Peer, List<Sample>> samples, String machine) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (Map.Entry<Peer, List<Sample>> entry : samples.entrySet()) {
            rows.add(new Row(entry.getKey().name(), entry.getKey().version(), List.copyOf(entry.getValue())));
        }
        return new LabReport(List.copyOf(rows), machine);
    }

    /** Medians of the runs that count; ratios are ours over theirs, so below 1 is ours cheaper. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append("HTTP/1.1, 1 KiB, saturated, one core; medians of the runs that count\n\n");
        table.append(String.format(
                Locale.ROOT,
                "%-10s %5s %10s %22s %14s %10s  %s%n",
                "proxy",
                "runs",
                "requests/s",
                "CPU-s per 1M requests",
                "[range]",
                "RSS MiB",
                "CPU, ours over theirs"));
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-10s %3d/%-2d %10.0f %22.1f %14s %10.0f  %s%n",
                    row.name(),
                    row.counted(),
                    row.samples().size(),
                    row.rps(),
                    row.cpu(),
                    row.cpuRange(),
                    row.resident(),
                    row.equals(rows.getFirst())
                            ? ""
                            : String.format(Locale.ROOT, "%.2f", rows.getFirst().cpu() / row.cpu())));
        }
        table.append("\nOurs runs with every exchange recorded and sent to Kafka, its peers with no telemetry. ")
                .append(machine)
                .append('\n');
        return table.toString();
    }

    /** One object per peer, for programs. */
    List<Map<String, Object>> comparisons() {
        Row ours = rows.getFirst();
        return rows.stream()
                .skip(1)
                .map(theirs -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("work", "h1");
                    row.put("peer", theirs.name());
                    row.put("peer_version", theirs.version());
                    row.put("rps_ratio", ours.rps() / theirs.rps());
                    row.put("cpu_ratio", ours.cpu() / theirs.cpu());
                    row.put("rss_ratio", ours.resident() / theirs.resident());
                    row.put("ours", figures(ours));
                    row.put("theirs", figures(theirs));
                    row.put("runs", theirs.samples().size());
                    row.put("machine", machine);
                    return row;
                })
                .toList();
    }

    /** Everything that was measured, the runs that do not count included. */
    Map<String, Object> raw(LabOptions options) {
        Map<String, Object> raw = new LinkedHashMap<>();
        raw.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        raw.put("machine", machine);
        raw.put("work", "HTTP/1.1 GET, 1 KiB, keep-alive, saturated");
        raw.put("connections", options.connections());
        raw.put("seconds", options.seconds());
        raw.put("warmupSeconds", options.warmupSeconds());
        raw.put(
                "discardRule",
                "a run counts when the proxy used at least " + Sample.LEAST_BUSY + " of its core and nothing failed");
        raw.put("proxies", rows);
        return raw;
    }

    private static Map<String, Object> figures(Row row) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rps", row.rps());
        figures.put("cpu_seconds_per_million", row.cpu());
        figures.put("rss_mib", row.resident());
        figures.put("runs_counted", row.counted());
        return figures;
    }
}
