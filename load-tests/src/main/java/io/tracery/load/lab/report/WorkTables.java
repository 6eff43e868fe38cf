package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.load.lab.peer.Tracery;
import io.tracery.load.lab.work.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The tables of one work in Markdown; the same that a terminal shows. A figure that was not measured is a dash. */
public final class WorkTables {

    private final Work work;
    private final JsonNode raw;
    private final StringBuilder text = new StringBuilder();

    private WorkTables(Work work, JsonNode raw) {
        this.work = work;
        this.raw = raw;
    }

    public static String of(Work work, JsonNode raw) {
        WorkTables tables = new WorkTables(work, raw);
        if (tables.has("saturated")) {
            tables.saturated();
        }
        if (tables.has("start") && !tables.has("saturated")) {
            tables.start();
        }
        if (tables.has("latency")) {
            tables.latency();
        }
        if (tables.has("warm_up")) {
            tables.warmUp();
        }
        if (tables.has("idle")) {
            tables.idle();
        }
        if (tables.has("sidecars")) {
            tables.sidecars();
        }
        return tables.text.toString();
    }

    private boolean has(String measurement) {
        return raw.path("proxies").findValue(measurement) != null;
    }

    private void saturated() {
        String rate = work.cost().rate();
        String cpu = work.cost().cpu();
        header(
                "proxy",
                "runs that count",
                words(rate),
                words(cpu),
                "in the kernel",
                "range",
                "ours / theirs",
                "RSS, PSS, private MiB",
                "most RSS",
                "system calls",
                "start ms");
        JsonNode ours = raw.path("proxies").path(Tracery.NAME);
        raw.path("proxies").properties().forEach(proxy -> {
            JsonNode it = proxy.getValue();
            JsonNode runs = it.path("saturated");
            row(
                    proxy.getKey() + " " + it.path("version").asText() + remarks(runs),
                    runs.isMissingNode()
                            ? "–"
                            : runs.path("runs_counted").asText() + " of "
                                    + runs.path("runs").asText(),
                    number(runs.path(rate), rate.equals("rps") ? 0 : 2),
                    number(runs.path(cpu), 2),
                    number(runs.path("kernel_share"), 2),
                    runs.isMissingNode() ? "–" : range(runs.path(cpu + "_range")),
                    proxy.getKey().equals(Tracery.NAME) ? "" : ratio(Comparison.ratio(ours, it, "/saturated/" + cpu)),
                    it.path("memory").isMissingNode() ? "–" : memory(it.path("memory")),
                    number(it.at("/memory/peak_rss_mib"), 0),
                    number(it.at("/syscalls/per_request"), 2),
                    number(it.at("/start/median_ms"), 0));
        });
        text.append('\n');
    }

    private static String memory(JsonNode memory) {
        return number(memory.path("rss_mib"), 0) + ", " + number(memory.path("pss_mib"), 0) + ", "
                + number(memory.path("private_mib"), 0);
    }

    private void start() {
        header("proxy", "exec to first answer, ms", "range");
        raw.path("proxies").properties().forEach(proxy -> {
            JsonNode start = proxy.getValue().path("start");
            if (!start.isEmpty()) {
                row(
                        proxy.getKey(),
                        number(start.path("median_ms"), 0),
                        number(start.path("least_ms"), 0) + "–" + number(start.path("most_ms"), 0));
            }
        });
        text.append('\n');
    }

    private static String remarks(JsonNode runs) {
        String limited = runs.path("load_limited").asBoolean() ? " (the load's core was full)" : "";
        long errors = runs.path("errors").asLong();
        return errors > 0 ? limited + " (" + errors + " errors)" : limited;
    }

    private void latency() {
        List<String> columns = new ArrayList<>(List.of("open loop, added ms at"));
        raw.path("proxies").properties().forEach(proxy -> {
            if (proxy.getValue().has("latency")) {
                columns.add(proxy.getKey());
            }
        });
        columns.add("without a proxy, ms");
        header(columns.toArray(String[]::new));
        raw.at("/baseline/latency").properties().forEach(rate -> {
            for (String percentile : List.of("p50", "p99", "p999")) {
                List<String> cells = new ArrayList<>();
                cells.add(String.format(Locale.ROOT, "%,d/s, %s", Integer.parseInt(rate.getKey()), percentile));
                String figure = percentile + "_ms";
                for (String proxy : columns.subList(1, columns.size() - 1)) {
                    JsonNode at =
                            raw.path("proxies").path(proxy).path("latency").path(rate.getKey());
                    cells.add(number(at.path("added_" + figure), 2) + spread(at, figure));
                }
                cells.add(number(rate.getValue().path(figure), 2) + " ["
                        + range(rate.getValue().path(figure + "_range")) + "]");
                row(cells.toArray(String[]::new));
            }
        });
        text.append('\n');
    }

    /** Where the runs' own figures lay, the backend's part included. */
    private static String spread(JsonNode at, String figure) {
        return at.path("errors").asLong() > 0
                ? " (" + at.path("errors").asLong() + " errors)"
                : " [" + range(at.path(figure + "_range")) + "]";
    }

    private void warmUp() {
        List<String> columns = new ArrayList<>(List.of("p99 ms at 2,000/s in second"));
        for (int second = 1; second <= 10; second++) {
            columns.add(Integer.toString(second));
        }
        columns.add("errors");
        header(columns.toArray(String[]::new));
        raw.path("proxies").properties().forEach(proxy -> {
            JsonNode seconds = proxy.getValue().path("warm_up").path("seconds");
            if (!seconds.isEmpty()) {
                List<String> cells = new ArrayList<>(List.of(proxy.getKey()));
                long errors = 0;
                for (JsonNode second : seconds) {
                    cells.add(number(second.path("p99_ms"), 1));
                    errors += second.path("errors").asLong();
                }
                cells.add(Long.toString(errors));
                row(cells.toArray(String[]::new));
            }
        });
        text.append('\n');
    }

    private void idle() {
        header("proxy", "idle connections", "failed", "private MiB before", "with them", "KiB each");
        raw.path("proxies").properties().forEach(proxy -> {
            JsonNode idle = proxy.getValue().path("idle");
            if (!idle.isEmpty()) {
                row(
                        proxy.getKey(),
                        idle.path("connections").asText(),
                        idle.path("failed").asText(),
                        number(idle.path("private_before_mib"), 1),
                        number(idle.path("private_with_mib"), 1),
                        number(idle.path("kib_per_connection"), 1));
            }
        });
        text.append('\n');
    }

    private void sidecars() {
        header(
                "proxy",
                "sidecars, minutes",
                "PSS each, most",
                "private each, most",
                "private of the busiest",
                "errors");
        raw.path("proxies").properties().forEach(proxy -> {
            JsonNode it = proxy.getValue().path("sidecars");
            if (!it.isEmpty()) {
                row(
                        proxy.getKey(),
                        it.path("sidecars").asText() + ", " + it.path("minutes").asText(),
                        number(it.path("pss_mib_median"), 1) + ", " + number(it.path("pss_mib_most"), 1),
                        number(it.path("private_mib_median"), 1) + ", " + number(it.path("private_mib_most"), 1),
                        number(it.path("private_mib_busiest"), 1),
                        it.path("errors").asText());
            }
        });
        text.append('\n');
    }

    private void header(String... cells) {
        row(cells);
        text.append("|---".repeat(cells.length)).append("|\n");
    }

    private void row(String... cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String words(String figure) {
        return figure.equals("rps")
                ? "requests/s"
                : figure.replace("cpu_", "CPU ").replace('_', ' ');
    }

    private static String range(JsonNode range) {
        return number(range.path(0), 2) + "–" + number(range.path(1), 2);
    }

    private static String ratio(double ratio) {
        return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "–";
    }

    static String number(JsonNode value, int digits) {
        return value.isNumber() && Double.isFinite(value.asDouble())
                ? String.format(Locale.ROOT, "%,." + digits + "f", value.asDouble())
                : "–";
    }
}
