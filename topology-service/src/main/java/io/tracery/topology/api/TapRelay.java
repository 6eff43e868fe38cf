package io.tracery.topology.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tracery.controlplane.api.tap.End;
import io.tracery.controlplane.api.tap.Seen;
import io.tracery.controlplane.api.tap.Sidecar;
import io.tracery.controlplane.api.tap.Started;
import io.tracery.controlplane.api.tap.WatchEvent;
import io.tracery.controlplane.api.tap.WatchRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One tap, from the control plane's stream to server-sent events. An event is asked for when the one before was taken, so a
 * reader that lags is the control plane's to count; one that leaves cancels the stream.
 */
final class TapRelay implements ClientResponseObserver<WatchRequest, WatchEvent> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String controlPlane;
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();

    @SuppressWarnings("NullAway.Init") // Set before the call starts.
    private ClientCallStreamObserver<WatchRequest> call;

    /** Null until the control plane has said yes. Confined to the call's callbacks, which come one after another. */
    private @Nullable HttpResponseWriter writer;

    TapRelay(String controlPlane) {
        this.controlPlane = controlPlane;
    }

    /** The stream, or why there is none. */
    CompletableFuture<HttpResponse> answer() {
        return answer;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(1);
        // The asker may leave before there is an answer.
        answer.whenComplete((done, failure) -> {
            if (failure != null) {
                stream.cancel("the asker has gone", failure);
            }
        });
    }

    @Override
    public void onNext(WatchEvent event) {
        HttpResponseWriter out = writer == null ? open() : writer;
        switch (event.getEventCase()) {
            case STARTED -> write(out, "started", started(event.getStarted()));
            case SEEN -> write(out, "exchange", exchange(event.getSeen()));
            case STATUS -> write(out, "status", status(event.getStatus()));
            case END -> write(out, "end", end(event.getEnd()));
            case EVENT_NOT_SET -> call.request(1);
        }
    }

    private HttpResponseWriter open() {
        HttpResponseWriter opened = HttpResponse.streaming();
        opened.whenComplete().handle((done, failure) -> {
            call.cancel("the asker has gone", failure);
            return null;
        });
        opened.write(ResponseHeaders.builder(HttpStatus.OK)
                .contentType(MediaType.EVENT_STREAM)
                .set("cache-control", "no-store")
                .set("x-accel-buffering", "no")
                .build());
        writer = opened;
        answer.complete(opened);
        return opened;
    }

    private void write(HttpResponseWriter out, String event, JsonNode data) {
        if (out.tryWrite(HttpData.ofUtf8("event: " + event + "\ndata: " + data + "\n\n"))) {
            out.whenConsumed().thenRun(() -> call.request(1));
        }
    }

    private static ObjectNode now() {
        return JSON.createObjectNode().put("now", System.currentTimeMillis());
    }

    private static JsonNode started(Started started) {
        ObjectNode data = now();
        ArrayNode sidecars = data.putArray("sidecars");
        for (Sidecar sidecar : started.getSidecarsList()) {
            sidecars.addObject()
                    .put("name", sidecar.getNamespace() + "/" + sidecar.getName())
                    .put("workload", sidecar.getNamespace() + "/" + sidecar.getWorkload())
                    .put("version", sidecar.getVersion());
        }
        return data.put("token", started.getToken());
    }

    /** Read and written anew: what a sidecar says stays inside its event. */
    private static JsonNode exchange(Seen seen) {
        Sidecar sidecar = seen.getSidecar();
        ObjectNode data = JSON.createObjectNode()
                .put("sidecar", sidecar.getNamespace() + "/" + sidecar.getName())
                .put("namespace", sidecar.getNamespace())
                .put("workload", sidecar.getWorkload())
                .put("version", sidecar.getVersion());
        try {
            if (JSON.readTree(seen.getJson()) instanceof ObjectNode said) {
                said.remove(List.of("sidecar", "namespace", "workload", "version"));
                data.setAll(said);
            }
        } catch (JsonProcessingException e) {
            data.put("unreadable", e.getOriginalMessage());
        }
        return data;
    }

    private static JsonNode status(io.tracery.controlplane.api.tap.Status status) {
        ObjectNode data = now().put("sidecars", status.getSidecars())
                .put("lookedBack", status.getLookedBack())
                .put("examined", status.getExamined())
                .put("matched", status.getMatched())
                .put("sent", status.getSent());
        data.putObject("dropped").put("rate", status.getDroppedRate()).put("slow", status.getDroppedSlow());
        data.put("missed", status.getMissed());
        ArrayNode notes = data.putArray("notes");
        status.getNotesList().forEach(notes::add);
        return data;
    }

    private static JsonNode end(End end) {
        return JSON.createObjectNode().put("reason", end.getReason()).put("message", end.getMessage());
    }

    @Override
    public void onError(Throwable cause) {
        Status status = Status.fromThrowable(cause);
        HttpResponseWriter out = writer;
        if (out == null) {
            answer.complete(Answers.error(http(status), explain(status)));
            return;
        }
        JsonNode data = end(End.newBuilder()
                .setReason("control_plane")
                .setMessage(explain(status))
                .build());
        if (out.tryWrite(HttpData.ofUtf8("event: end\ndata: " + data + "\n\n"))) {
            out.close();
        }
    }

    @Override
    public void onCompleted() {
        HttpResponseWriter out = writer;
        if (out != null) {
            out.close();
        } else {
            answer.complete(Answers.error(HttpStatus.SERVICE_UNAVAILABLE, "the control plane had nothing to say"));
        }
    }

    private static HttpStatus http(Status status) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
            case PERMISSION_DENIED -> HttpStatus.FORBIDDEN;
            case INVALID_ARGUMENT -> HttpStatus.BAD_REQUEST;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case RESOURCE_EXHAUSTED -> HttpStatus.TOO_MANY_REQUESTS;
            default -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }

    private String explain(Status status) {
        String why = String.valueOf(status.getDescription());
        return switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED ->
                "the control plane at " + controlPlane + " cannot be reached (" + why
                        + "): is it running, and is controlPlane right?";
            case UNIMPLEMENTED -> "the control plane at " + controlPlane + " knows no tap: it is of another version";
            default -> why;
        };
    }
}
