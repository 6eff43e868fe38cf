package io.tracery.pipeline.raw;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.KafkaException;

/**
 * {@code GET /api/raw?service=cart&fate=!served&since=5m}: exchanges as {@code mesh_spans} has them, the newest first. A query reads all of
 * its time, so that only a few are answered at once.
 */
public final class RawApi implements HttpService {

    public static final String PATH = "/api/raw";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int AT_ONCE = 2;

    private final RawReader reader;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** @param kafka bootstrap servers */
    public RawApi(String kafka) {
        this.reader = new RawReader(kafka, PATIENCE);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        RawQuery query;
        try {
            query = RawQuery.parse(parameters(ctx));
        } catch (IllegalArgumentException e) {
            return error(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        if (!places.tryAcquire()) {
            return error(
                    HttpStatus.SERVICE_UNAVAILABLE, AT_ONCE + " such queries are under way already; ask again later");
        }
        ctx.setRequestTimeout(PATIENCE.multipliedBy(2));
        return HttpResponse.of(CompletableFuture.supplyAsync(() -> answer(query), Thread::startVirtualThread)
                .whenComplete((answer, failure) -> places.release()));
    }

    private static Map<String, String> parameters(ServiceRequestContext ctx) {
        Map<String, String> parameters = new LinkedHashMap<>();
        ctx.queryParams().forEach(parameter -> {
            if (parameters.put(parameter.getKey(), parameter.getValue()) != null) {
                throw new IllegalArgumentException(parameter.getKey() + " is there twice; once is enough");
            }
        });
        return parameters;
    }

    private HttpResponse answer(RawQuery query) {
        RawReader.Found found;
        try {
            found = reader.read(query, System.currentTimeMillis());
        } catch (KafkaException e) {
            return error(HttpStatus.SERVICE_UNAVAILABLE, "mesh_spans cannot be read from Kafka: " + e.getMessage());
        }
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("examinedSpans", found.examined())
                .put("unreadableRecords", found.unreadable())
                .put("sinceMillis", found.sinceMillis())
                .put("complete", found.complete());
        ArrayNode spans = json.putArray("spans");
        found.spans().forEach(span -> spans.add(span.json()));
        return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
    }

    private static HttpResponse error(HttpStatus status, String message) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("error").put("status", status.code()).put("message", message);
        return HttpResponse.of(status, MediaType.JSON_UTF_8, json.toString());
    }
}
