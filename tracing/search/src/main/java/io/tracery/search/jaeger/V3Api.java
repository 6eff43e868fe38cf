package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.search.store.Operation;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.TraceSource.Trace;
import io.tracery.search.trace.Summary;
import io.tracery.search.trace.TraceView;
import io.tracery.search.trace.TraceView.Mode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;

/** Jaeger's {@code /api/v3}, which its pages from 2.19 on use: traces as OTLP in JSON, and traces in one line each. */
final class V3Api implements Answers {

    private final TraceSource source;

    V3Api(TraceSource source) {
        this.source = source;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint("/api/v3/services", "services", this::services),
                new Endpoint("/api/v3/operations", "operations", this::operations),
                new Endpoint("/api/v3/traces", "search", this::search),
                new Endpoint("/api/v3/traces/{id}", "trace", this::trace),
                new Endpoint("/api/v3/trace-summaries", "summaries", this::summaries));
    }

    @Override
    public byte[] error(int status, String message, boolean pretty) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(out, pretty)) {
            json.writeStartObject();
            json.writeObjectFieldStart("error");
            json.writeNumberField("httpCode", status);
            json.writeStringField("message", message);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private Answer services(ServiceRequestContext ctx, QueryParams query) {
        List<String> services = source.services();
        return Answers.object(json -> Json.writeTexts(json, "services", services));
    }

    private Answer operations(ServiceRequestContext ctx, QueryParams query) {
        String kind = new V3Parameters(query).spanKind();
        List<Operation> operations = source.operations(query.get("service", ""));
        return Answers.object(json -> {
            json.writeArrayFieldStart("operations");
            for (Operation operation : operations) {
                String label = operation.kind().label();
                if (kind.isEmpty() || kind.equals(label)) {
                    json.writeStartObject();
                    json.writeStringField("name", operation.name());
                    json.writeStringField("spanKind", label.isEmpty() ? "internal" : label);
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        });
    }

    private Answer trace(ServiceRequestContext ctx, QueryParams query) {
        Mode mode = Answers.mode(new V3Parameters(query).rawTraces());
        String id = Parameters.traceId(String.valueOf(ctx.pathParam("id")));
        Trace trace = source.trace(id).orElseThrow(ApiException::noTraces);
        return result(List.of(trace).iterator(), mode);
    }

    private Answer search(ServiceRequestContext ctx, QueryParams query) {
        V3Parameters parameters = new V3Parameters(query);
        Iterator<Trace> found = source.search(parameters.search());
        if (!found.hasNext()) {
            throw ApiException.noTraces();
        }
        return result(found, Answers.mode(parameters.rawTraces()));
    }

    private static Answer result(Iterator<Trace> traces, Mode mode) {
        return Answers.object(json -> {
            json.writeObjectFieldStart("result");
            json.writeArrayFieldStart("resourceSpans");
            while (traces.hasNext()) {
                new OtlpJson(json).write(TraceView.of(traces.next(), mode));
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private Answer summaries(ServiceRequestContext ctx, QueryParams query) {
        Iterator<Trace> found = source.search(new V3Parameters(query).search());
        boolean some = found.hasNext();
        return Answers.object(json -> {
            if (some) {
                json.writeArrayFieldStart("summaries");
                while (found.hasNext()) {
                    write(json, Summary.of(TraceView.of(found.next(), Mode.ADJUSTED)));
                }
                json.writeEndArray();
            }
        });
    }

    /** As protobuf's JSON: what is empty or zero is left out, 64 bits are text. */
    private static void write(JsonGenerator json, Summary summary) throws IOException {
        json.writeStartObject();
        json.writeStringField("traceId", summary.traceId());
        OtlpJson.textUnlessEmpty(json, "rootServiceName", summary.rootService());
        OtlpJson.textUnlessEmpty(json, "rootOperationName", summary.rootOperation());
        OtlpJson.longUnlessZero(json, "minStartTimeUnixNano", summary.start());
        OtlpJson.longUnlessZero(json, "maxEndTimeUnixNano", summary.end());
        OtlpJson.intUnlessZero(json, "spanCount", summary.spans());
        OtlpJson.intUnlessZero(json, "errorSpanCount", summary.errors());
        OtlpJson.intUnlessZero(json, "orphanSpanCount", summary.orphans());
        json.writeArrayFieldStart("services");
        for (Summary.Service service : summary.services()) {
            json.writeStartObject();
            json.writeStringField("name", service.name());
            OtlpJson.intUnlessZero(json, "spanCount", service.spans());
            OtlpJson.intUnlessZero(json, "errorSpanCount", service.errors());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
