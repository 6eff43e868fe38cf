package io.tracery.pipeline.otlp;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.account.Drops;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits one batch of spans by trace. Each chunk holds spans of one trace with their resource and scope, and its encoded
 * size stays within a bound: a trace that is larger
 * becomes several chunks, which read the same when their bytes are put together. Confined to one thread, one batch.
 */
public final class SpanSplitter {

    /** Enough for the tags and lengths of the messages around a span, an attribute and a schema URL's frame. */
    private static final int FRAME_BYTES = 64;

    private final int maxChunkBytes;
    private final Map<ByteString, Trace> traces = new LinkedHashMap<>();
    private final List<Chunk> chunks = new ArrayList<>();
    private final Drops drops = new Drops();
    private int total;

    /** @param maxChunkBytes bound on one chunk's encoded size */
    public SpanSplitter(int maxChunkBytes) {
        this.maxChunkBytes = maxChunkBytes;
    }

    /** Splits a batch; what it did is then in {@link #total()} and {@link #drops()}. */
    public List<Chunk> split(List<ResourceSpans> batch) {
        for (ResourceSpans resourceSpans : batch) {
            ResourceSpans resource = resourceSpans.toBuilder().clearScopeSpans().build();
            for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                ScopeSpans scope = scopeSpans.toBuilder().clearSpans().build();
                for (Span span : scopeSpans.getSpansList()) {
                    add(resource, scope, span);
                }
            }
        }
        traces.values().forEach(Trace::finish);
        return List.copyOf(chunks);
    }

    private void add(ResourceSpans resource, ScopeSpans scope, Span span) {
        total++;
        String problem = Ids.problem(span);
        if (!problem.isEmpty()) {
            drops.add(DropReason.INVALID_ID, 1, problem);
            return;
        }
        int alone = resource.getSerializedSize() + scope.getSerializedSize() + span.getSerializedSize() + FRAME_BYTES;
        if (alone > maxChunkBytes) {
            drops.add(
                    DropReason.TOO_LARGE,
                    1,
                    "span '" + span.getName() + "' takes " + alone + " bytes with its resource; the limit is "
                            + maxChunkBytes);
            return;
        }
        traces.computeIfAbsent(span.getTraceId(), Trace::new).add(resource, scope, span);
    }

    /** Spans that the batch held, valid or not. */
    public int total() {
        return total;
    }

    public Drops drops() {
        return drops;
    }

    /** The chunk of one trace that is being filled. */
    private final class Trace {
        private final String traceId;
        private TracesData.Builder data = TracesData.newBuilder();
        private ResourceSpans.@Nullable Builder resourceBuilder;
        private ScopeSpans.@Nullable Builder scopeBuilder;
        // Compared by identity: the batch hands the same objects over as long as resource and scope stay the same.
        private @Nullable ResourceSpans resource;
        private @Nullable ScopeSpans scope;
        private int bytes;
        private int count;

        Trace(ByteString traceId) {
            this.traceId = HexFormat.of().formatHex(traceId.toByteArray());
        }

        void add(ResourceSpans nextResource, ScopeSpans nextScope, Span span) {
            if (count > 0 && bytes + costOf(nextResource, nextScope, span) > maxChunkBytes) {
                finish();
            }
            bytes += costOf(nextResource, nextScope, span);
            builderFor(nextResource, nextScope).addSpans(span);
            count++;
        }

        @SuppressWarnings("ReferenceEquality")
        private int costOf(ResourceSpans nextResource, ScopeSpans nextScope, Span span) {
            int cost = span.getSerializedSize() + 8;
            if (nextResource != resource) {
                return cost + nextResource.getSerializedSize() + nextScope.getSerializedSize() + 2 * 8;
            }
            return nextScope == scope ? cost : cost + nextScope.getSerializedSize() + 8;
        }

        @SuppressWarnings("ReferenceEquality")
        private ScopeSpans.Builder builderFor(ResourceSpans nextResource, ScopeSpans nextScope) {
            ResourceSpans.Builder inResource = resourceBuilder;
            if (inResource == null || nextResource != resource) {
                inResource = data.addResourceSpansBuilder().mergeFrom(nextResource);
                resourceBuilder = inResource;
                resource = nextResource;
                scopeBuilder = null;
            }
            ScopeSpans.Builder inScope = scopeBuilder;
            if (inScope == null || nextScope != scope) {
                inScope = inResource.addScopeSpansBuilder().mergeFrom(nextScope);
                scopeBuilder = inScope;
                scope = nextScope;
            }
            return inScope;
        }

        void finish() {
            chunks.add(new Chunk(traceId, data.build(), count));
            data = TracesData.newBuilder();
            resourceBuilder = null;
            scopeBuilder = null;
            resource = null;
            scope = null;
            bytes = 0;
            count = 0;
        }
    }
}
