package io.tracery.controlplane.tap;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.api.tap.Status;
import io.tracery.controlplane.api.tap.WatchRequest;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who looked at what: a line of JSON at the beginning and the end of each use and for each refusal, and a count of each. Who it was is
 * the token's name, which is proven, and nothing that a caller says of itself.
 */
final class TapAudit {

    private static final Logger audit = LoggerFactory.getLogger("audit");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Who has no token chooses what these lines say, but not how long they are. */
    private static final int MOST_CHARACTERS = 256;

    private final Clock clock;
    private final MeterRegistry registry;

    TapAudit(Clock clock, MeterRegistry registry) {
        this.clock = clock;
        this.registry = registry;
        for (String result :
                new String[] {"granted", "unauthenticated", "forbidden", "invalid", "not_found", "too_many", "off"}) {
            count(result, 0);
        }
    }

    void refused(String result, String why, String token, WatchRequest request) {
        count(result, 1);
        ObjectNode line = line("tap.refused", token, request);
        line.put("result", result).put("why", cut(why));
        write(line);
    }

    void began(String token, WatchRequest request, int sidecars) {
        count("granted", 1);
        ObjectNode line = line("tap.began", token, request);
        line.put("sidecars", sidecars);
        write(line);
    }

    void ended(String token, WatchRequest request, Status status, String reason, long millis) {
        ObjectNode line = line("tap.ended", token, request);
        line.put("reason", reason)
                .put("seconds", millis / 1_000.0)
                .put("examined", status.getExamined())
                .put("matched", status.getMatched())
                .put("sent", status.getSent())
                .put("dropped", status.getDroppedRate() + status.getDroppedSlow())
                .put("missed", status.getMissed());
        write(line);
    }

    private ObjectNode line(String event, String token, WatchRequest request) {
        ObjectNode line = JSON.createObjectNode();
        line.put("timestamp", clock.instant().toString())
                .put("event", event)
                .put("token", token)
                .put("workload", cut(request.getWorkload()))
                .put("since_ms", request.getSinceMillis());
        ObjectNode filter = line.putObject("filter");
        for (Map.Entry<FieldDescriptor, Object> field :
                request.getFilter().getAllFields().entrySet()) {
            filter.put(field.getKey().getName(), cut(field.getValue().toString()));
        }
        return line;
    }

    private static String cut(String text) {
        return text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "…" : text;
    }

    private static void write(ObjectNode line) {
        audit.info(line.toString());
    }

    private void count(String result, int by) {
        registry.counter("tracery.tap.requests", "result", result).increment(by);
    }
}
