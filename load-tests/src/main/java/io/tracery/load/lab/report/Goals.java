package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.tracery.load.lab.peer.Tracery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The goals that the lab was built to show, each against what was measured. */
final class Goals {

    private static final String CPU = "/saturated/cpu_seconds_per_million";

    /**
     * @param goal what is wanted
     * @param measured in words; a dash where nothing was
     * @param verdict {@code met}, {@code missed} or a dash
     */
    record Row(String goal, String measured, String verdict) {}

    private final Map<String, JsonNode> raws;
    private final List<Row> rows = new ArrayList<>();

    private Goals(Map<String, JsonNode> raws) {
        this.raws = raws;
    }

    /**
     * @param raws raw results by work
     */
    static List<Row> of(Map<String, JsonNode> raws) {
        Goals goals = new Goals(raws);
        goals.ratio("HTTP/1.1 saturated: CPU ≤ 0.95 × HAProxy", "h1", "haproxy", CPU, 0.95);
        goals.ratio("HTTP/1.1 saturated: CPU ≤ 0.5 × Envoy", "h1", "envoy", CPU, 0.5);
        goals.ratio("pair with mTLS: CPU ≤ 0.75 × a HAProxy pair", "h1-mtls-pair", "haproxy", CPU, 0.75);
        goals.ratio("pair with mTLS: CPU ≤ 0.4 × an Envoy pair", "h1-mtls-pair", "envoy", CPU, 0.4);
        goals.best("HTTP/2: CPU ≤ 1.0 × the best peer", "h2", CPU, 1);
        goals.best("gRPC: CPU ≤ 1.0 × the best peer", "grpc", CPU, 1);
        for (int rate : new int[] {2_000, 10_000}) {
            for (String percentile : List.of("p50", "p99")) {
                for (String work : List.of("h1", "h1-mtls-pair", "h2", "grpc")) {
                    goals.added(work, percentile, rate);
                }
            }
        }
        goals.ratio("idle connections: memory each ≤ Envoy's", "connections", "envoy", "/idle/kib_per_connection", 1);
        goals.ratio(
                "new mTLS connections: CPU per handshake ≤ Envoy's",
                "connections",
                "envoy",
                "/saturated/cpu_ms_per_handshake",
                1);
        goals.limit(
                "private memory after ten minutes at 2,000/s ≤ 48 MiB",
                "sidecars",
                "/sidecars/private_mib_busiest",
                48);
        goals.limit("ten sidecars: proportional size each ≤ 56 MiB", "sidecars", "/sidecars/pss_mib_most", 56);
        goals.ratio("ten sidecars: proportional size ≤ Envoy's", "sidecars", "envoy", "/sidecars/pss_mib_median", 1);
        goals.limit(
                "exec → first proxied request, mTLS, one core, class cache ≤ 500 ms",
                "h1-mtls-pair",
                "/start/median_ms",
                500);
        goals.warmUp("h1");
        goals.warmUp("h1-mtls-pair");
        goals.telemetry();
        return goals.rows;
    }

    private JsonNode proxy(String work, String proxy) {
        JsonNode raw = raws.get(work);
        return raw == null ? MissingNode.getInstance() : raw.path("proxies").path(proxy);
    }

    private void ratio(String goal, String work, String peer, String pointer, double most) {
        row(goal, Comparison.ratio(proxy(work, Tracery.NAME), proxy(work, peer), pointer), "%.2f ×", most);
    }

    private void limit(String goal, String work, String pointer, double most) {
        row(goal, proxy(work, Tracery.NAME).at(pointer).asDouble(Double.NaN), "%.0f", most);
    }

    private void row(String goal, double value, String format, double most) {
        boolean measured = Double.isFinite(value);
        rows.add(new Row(
                goal,
                measured ? String.format(Locale.ROOT, format, value) : "–",
                measured ? value <= most ? "met" : "missed" : "–"));
    }

    private void best(String goal, String work, String pointer, double most) {
        String best = best(work, pointer);
        double ratio = Comparison.ratio(proxy(work, Tracery.NAME), proxy(work, best), pointer);
        row(goal, ratio, "%.2f × " + best, most);
    }

    /** The peer with the lowest figure, or nobody. */
    private String best(String work, String pointer) {
        JsonNode raw = raws.get(work);
        String best = "";
        double least = Double.POSITIVE_INFINITY;
        if (raw != null) {
            for (Map.Entry<String, JsonNode> proxy : raw.path("proxies").properties()) {
                double figure = proxy.getValue().at(pointer).asDouble(Double.POSITIVE_INFINITY);
                if (!proxy.getKey().startsWith(Tracery.NAME) && figure < least) {
                    least = figure;
                    best = proxy.getKey();
                }
            }
        }
        return best;
    }

    /** Within the noise: not above the most that the best peer showed in its own runs. */
    private void added(String work, String percentile, int rate) {
        String at = "/latency/" + rate + "/";
        String goal = String.format(
                Locale.ROOT, "added %s at %,d/s, %s: ≤ the best peer's, within its own range", percentile, rate, work);
        String best = best(work, at + percentile + "_ms");
        double ours =
                proxy(work, Tracery.NAME).at(at + "added_" + percentile + "_ms").asDouble(Double.NaN);
        JsonNode theirs = proxy(work, best);
        if (best.isEmpty() || !Double.isFinite(ours)) {
            rows.add(new Row(goal, "–", "–"));
            return;
        }
        double noise = theirs.at(at + percentile + "_ms_range/1").asDouble()
                - theirs.at(at + percentile + "_ms").asDouble();
        double added = theirs.at(at + "added_" + percentile + "_ms").asDouble();
        rows.add(new Row(
                goal,
                String.format(Locale.ROOT, "%.2f ms; %s %.2f ms + %.2f", ours, best, added, noise),
                ours <= added + noise ? "met" : "missed"));
    }

    private void warmUp(String work) {
        String goal = "warm-up, " + work + ": at 2,000/s no error, p99 ≤ 50 ms in each of the first ten seconds";
        JsonNode seconds = proxy(work, Tracery.NAME).path("warm_up").path("seconds");
        if (seconds.isEmpty()) {
            rows.add(new Row(goal, "–", "–"));
            return;
        }
        double worst = 0;
        long errors = 0;
        for (JsonNode second : seconds) {
            worst = Math.max(worst, second.path("p99_ms").asDouble());
            errors += second.path("errors").asLong();
        }
        rows.add(new Row(
                goal,
                String.format(Locale.ROOT, "%d errors, worst p99 %.0f ms", errors, worst),
                errors == 0 && worst <= 50 ? "met" : "missed"));
    }

    private void telemetry() {
        double ratio = Comparison.ratio(proxy("h1", Tracery.NAME), proxy("h1", Tracery.QUIET), CPU);
        row("telemetry's export on against off: ≤ 1.10 × CPU", ratio, "%.2f ×", 1.1);
    }
}
