package io.tracery.pipeline.otlp;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.decide.Facts;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.util.List;

/** Finds in spans, the mesh's and applications' own, what matters for whether their trace is kept. */
public final class TraceReader {

    /** The member of {@code tracestate} by which a client asks for its trace to be kept. */
    private static final String MARK = "tracery=keep";

    private TraceReader() {}

    /**
     * @param bytes the encoded size of {@code data}
     * @return how many spans it holds
     */
    public static int read(TracesData data, int bytes, Facts facts) {
        int spans = 0;
        for (ResourceSpans resourceSpans : data.getResourceSpansList()) {
            String service = service(resourceSpans.getResource());
            for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                for (Span span : scopeSpans.getSpansList()) {
                    read(service, span, facts);
                }
                spans += scopeSpans.getSpansCount();
            }
        }
        facts.counted(spans, bytes);
        return spans;
    }

    private static String service(Resource resource) {
        String name = text(resource.getAttributesList(), Vocabulary.SERVICE_NAME);
        String namespace = text(resource.getAttributesList(), Vocabulary.SERVICE_NAMESPACE);
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    private static void read(String service, Span span, Facts facts) {
        boolean error = span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
        boolean intervened = false;
        String peer = "";
        String peerNamespace = "";
        for (KeyValue attribute : span.getAttributesList()) {
            switch (attribute.getKey()) {
                case Vocabulary.FATE ->
                    error |= !attribute.getValue().getStringValue().equals(Fate.SERVED.label());
                case Vocabulary.ATTEMPTS -> intervened |= attribute.getValue().getIntValue() > 1;
                case Vocabulary.INTERVENTION -> intervened = true;
                case Vocabulary.PEER_NAME -> peer = attribute.getValue().getStringValue();
                case Vocabulary.PEER_NAMESPACE ->
                    peerNamespace = attribute.getValue().getStringValue();
                default -> {
                    // Of no matter here.
                }
            }
        }
        if (error) {
            facts.error();
        }
        if (intervened) {
            facts.intervened();
        }
        if (marked(span.getTraceState())) {
            facts.marked();
        }
        if (span.getParentSpanId().isEmpty()) {
            facts.root(span.getEndTimeUnixNano());
        }
        if (span.getKind() == SpanKind.SPAN_KIND_SERVER || span.getKind() == SpanKind.SPAN_KIND_CONSUMER) {
            facts.endpoint(service, span.getName(), span.getEndTimeUnixNano() - span.getStartTimeUnixNano());
        } else if (!peer.isEmpty()) {
            facts.edge(service, peerNamespace.isEmpty() ? peer : peerNamespace + "/" + peer);
        }
    }

    private static boolean marked(String tracestate) {
        if (!tracestate.contains(MARK)) {
            return false;
        }
        for (String member : tracestate.split(",", -1)) {
            if (member.strip().equals(MARK)) {
                return true;
            }
        }
        return false;
    }

    private static String text(List<KeyValue> attributes, String key) {
        for (KeyValue attribute : attributes) {
            if (attribute.getKey().equals(key)) {
                return attribute.getValue().getStringValue();
            }
        }
        return "";
    }
}
