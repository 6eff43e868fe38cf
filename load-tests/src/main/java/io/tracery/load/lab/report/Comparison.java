package io.tracery.load.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.peer.Tracery;
import io.tracery.load.lab.work.Work;
import java.util.ArrayList;
import java.util.List;

/** One object per work and peer, for programs: every ratio is ours over theirs, and null where one was not measured. */
public final class Comparison {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The rate whose percentiles are compared; others stand in {@code ours} and {@code theirs}. */
    private static final String RATE = "10000";

    private Comparison() {}

    /** From a work's raw results. */
    public static List<ObjectNode> of(Work work, JsonNode raw) {
        List<ObjectNode> objects = new ArrayList<>();
        JsonNode ours = raw.path("proxies").path(Tracery.NAME);
        raw.path("proxies").properties().forEach(proxy -> {
            if (!proxy.getKey().equals(Tracery.NAME) && !proxy.getKey().equals(Tracery.QUIET)) {
                objects.add(compare(work, raw, ours, proxy.getKey(), proxy.getValue()));
            }
        });
        return objects;
    }

    private static ObjectNode compare(Work work, JsonNode raw, JsonNode ours, String peer, JsonNode theirs) {
        ObjectNode object = JSON.createObjectNode();
        object.put("work", work.name()).put("peer", peer);
        object.set("peer_version", theirs.path("version"));
        ratio(object, "rps_ratio", ours, theirs, "/saturated/" + work.cost().rate());
        ratio(object, "cpu_ratio", ours, theirs, "/saturated/" + work.cost().cpu());
        ratio(object, "rss_ratio", ours, theirs, memory(theirs));
        ratio(object, "p99_ratio", ours, theirs, "/latency/" + RATE + "/p99_ms");
        ratio(object, "p999_ratio", ours, theirs, "/latency/" + RATE + "/p999_ms");
        object.set("ours", withoutSamples(ours));
        object.set("theirs", withoutSamples(theirs));
        object.set("runs", theirs.at("/saturated/runs"));
        object.set("machine", raw.path("machine"));
        return object;
    }

    /** What "memory" is depends on the work: per idle connection, per sidecar, or of the process. */
    private static String memory(JsonNode figures) {
        if (figures.has("idle")) {
            return "/idle/kib_per_connection";
        }
        return figures.has("sidecars") ? "/sidecars/pss_mib_median" : "/memory/rss_mib";
    }

    /** Ours over theirs, NaN where either is missing. */
    static double ratio(JsonNode ours, JsonNode theirs, String pointer) {
        return ours.at(pointer).asDouble(Double.NaN) / theirs.at(pointer).asDouble(Double.NaN);
    }

    private static void ratio(ObjectNode object, String name, JsonNode ours, JsonNode theirs, String pointer) {
        double ratio = ratio(ours, theirs, pointer);
        if (Double.isFinite(ratio)) {
            object.put(name, Math.round(ratio * 1000) / 1000.0);
        } else {
            object.putNull(name);
        }
    }

    private static JsonNode withoutSamples(JsonNode figures) {
        JsonNode copy = figures.deepCopy();
        copy.findParents("samples").forEach(parent -> ((ObjectNode) parent).remove("samples"));
        return copy;
    }
}
