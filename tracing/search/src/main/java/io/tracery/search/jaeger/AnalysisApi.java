package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.TraceSource;
import io.tracery.search.trace.Analysis;
import io.tracery.search.trace.Comparison;
import io.tracery.search.trace.CriticalPath.Section;
import io.tracery.search.trace.Summary;
import io.tracery.search.trace.TraceView;
import io.tracery.search.trace.TraceView.Mode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What we say about traces beyond showing them: where the time went, and how two of them differ. */
final class AnalysisApi implements Answers {

    private static final long NANOS_PER_MICRO = 1_000;

    private final TraceSource source;

    AnalysisApi(TraceSource source) {
        this.source = source;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint("/api/traces/{id}/analysis", "analysis", this::analysis),
                new Endpoint("/api/traces/compare", "compare", this::compare));
    }

    @Override
    public byte[] error(int status, String message, boolean pretty) {
        return Envelope.error(status, message, pretty);
    }

    private Answer analysis(ServiceRequestContext ctx, QueryParams query) {
        TraceView trace = trace(String.valueOf(ctx.pathParam("id")));
        Analysis analysis = Analysis.of(trace);
        return Answers.object(json -> {
            Summary summary = Summary.of(trace);
            writeSummary(json, summary);
            json.writeStringField(
                    "rootSpanId",
                    SpanEntry.hex(trace.spans().get(analysis.root()).spanId()));
            json.writeArrayFieldStart("criticalPath");
            for (Section section : analysis.path()) {
                json.writeStartObject();
                json.writeStringField(
                        "spanId",
                        SpanEntry.hex(trace.spans().get(section.span()).spanId()));
                Json.writeMicros(json, "offset", section.start() - summary.start());
                Json.writeMicros(json, "duration", section.nanos());
                json.writeEndObject();
            }
            json.writeEndArray();
            writeSpans(json, trace, analysis);
            writeOperations(json, analysis);
            Json.writeTexts(json, "warnings", trace.warnings().ofTrace());
        });
    }

    private static void writeSummary(JsonGenerator json, Summary summary) throws IOException {
        json.writeStringField("traceId", summary.traceId());
        json.writeNumberField("startTime", summary.start() / NANOS_PER_MICRO);
        Json.writeMicros(json, "duration", summary.end() - summary.start());
        json.writeNumberField("spans", summary.spans());
        json.writeNumberField("errors", summary.errors());
    }

    private static void writeSpans(JsonGenerator json, TraceView trace, Analysis analysis) throws IOException {
        int[] depths = trace.calls().depths();
        json.writeArrayFieldStart("spanTimes");
        for (int i = 0; i < depths.length; i++) {
            json.writeStartObject();
            json.writeStringField("spanId", SpanEntry.hex(trace.spans().get(i).spanId()));
            json.writeNumberField("depth", depths[i]);
            Json.writeMicros(json, "selfTime", analysis.selfNanos().get(i));
            Json.writeMicros(json, "criticalTime", analysis.criticalNanos().get(i));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeOperations(JsonGenerator json, Analysis analysis) throws IOException {
        json.writeArrayFieldStart("operations");
        for (Analysis.Share share : analysis.operations()) {
            json.writeStartObject();
            json.writeStringField("service", share.service());
            json.writeStringField("operation", share.operation());
            json.writeStringField("kind", share.kind().label());
            json.writeNumberField("spans", share.spans());
            json.writeNumberField("errors", share.errors());
            Json.writeMicros(json, "selfTime", share.selfNanos());
            Json.writeMicros(json, "criticalTime", share.criticalNanos());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private Answer compare(ServiceRequestContext ctx, QueryParams query) {
        TraceView a = trace(required(query, "a"));
        TraceView b = trace(required(query, "b"));
        List<Comparison.Node> nodes = Comparison.of(a, b);
        return Answers.object(json -> {
            writeSummary(json, "a", a);
            writeSummary(json, "b", b);
            json.writeArrayFieldStart("nodes");
            for (Comparison.Node node : nodes) {
                json.writeStartObject();
                json.writeStringField("service", node.service());
                json.writeStringField("operation", node.operation());
                json.writeStringField("kind", node.kind().label());
                json.writeNumberField("parent", node.parent());
                json.writeNumberField("depth", node.depth());
                json.writeStringField("change", node.change().name().toLowerCase(Locale.ROOT));
                writeSide(json, "a", node.a());
                writeSide(json, "b", node.b());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void writeSummary(JsonGenerator json, String field, TraceView trace) throws IOException {
        json.writeObjectFieldStart(field);
        writeSummary(json, Summary.of(trace));
        json.writeEndObject();
    }

    private static void writeSide(JsonGenerator json, String field, Comparison.@Nullable Side side) throws IOException {
        if (side == null) {
            json.writeNullField(field);
            return;
        }
        json.writeObjectFieldStart(field);
        json.writeNumberField("spans", side.spans());
        json.writeNumberField("errors", side.errors());
        Json.writeMicros(json, "duration", side.nanos());
        Json.writeMicros(json, "selfTime", side.selfNanos());
        Json.writeMicros(json, "criticalTime", side.criticalNanos());
        json.writeEndObject();
    }

    private static String required(QueryParams query, String name) {
        String id = query.get(name, "");
        if (id.isEmpty()) {
            throw ApiException.badRequest("parameter '" + name + "' is required: the id of a trace");
        }
        return id;
    }

    private TraceView trace(String text) {
        String id = Parameters.traceId(text);
        return TraceView.of(
                source.trace(id).orElseThrow(() -> ApiException.notFound("trace " + id + " not found")), Mode.ADJUSTED);
    }
}
