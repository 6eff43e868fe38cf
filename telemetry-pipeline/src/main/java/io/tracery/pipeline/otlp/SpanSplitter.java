package io.tracery.pipeline.otlp;

import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.pipeline.account.DropReason;
import io.tracery.pipeline.account.Drops;
import io.tracery.pipeline.account.Flaw;
import io.tracery.tracing.context.TraceContext;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Splits one batch of spans by trace, or by any key of traces. Each chunk holds spans of one key with their resources and scopes,
 * and its encoded size stays within a bound: what is larger becomes several chunks, which read the same when their bytes are put
 * together. Confined to one thread, one batch.
 */
public final class SpanSplitter {

    /** Enough for the tags and lengths of the messages around a span, an attribute and a schema URL's frame. */
    private static final int FRAME_BYTES = 64;

    private final int maxChunkBytes;
    private final Function<TraceId, String> keys;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final List<Chunk> chunks = new ArrayList<>();
    private final Drops drops = new Drops();
    private final SpanMender mender = new SpanMender(InstantSource.system());
    private int total;

    /**
     * @param maxChunkBytes bound on one chunk's encoded size
     * @param keys of traces; those that have the same go into a chunk together
     */
    public SpanSplitter(int maxChunkBytes, Function<TraceId, String> keys) {
        this.maxChunkBytes = maxChunkBytes;
        this.keys = keys;
    }

    /** By trace: keys are ids, 32 lower-case hex digits. */
    public static SpanSplitter byTrace(int maxChunkBytes) {
        return new SpanSplitter(maxChunkBytes, id -> TraceContext.traceIdHex(id.high(), id.low()));
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
        groups.values().forEach(Group::finish);
        return List.copyOf(chunks);
    }

    private void add(ResourceSpans resource, ScopeSpans scope, Span received) {
        total++;
        Span span = mender.mend(received);
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
        groups.computeIfAbsent(keys.apply(TraceId.of(span.getTraceId())), Group::new)
                .add(resource, scope, span);
    }

    /** Spans that the batch held, valid or not. */
    public int total() {
        return total;
    }

    /** What was wrong with spans that were passed on all the same, and with how many. */
    public Map<Flaw, Integer> flaws() {
        return Map.copyOf(mender.flaws());
    }

    public Drops drops() {
        return drops;
    }

    /** The chunk of one key that is being filled. */
    private final class Group {
        private final String key;
        private TracesData.Builder data = TracesData.newBuilder();
        private ResourceSpans.@Nullable Builder resourceBuilder;
        private ScopeSpans.@Nullable Builder scopeBuilder;
        // Compared by identity: the batch hands the same objects over as long as resource and scope stay the same.
        private @Nullable ResourceSpans resource;
        private @Nullable ScopeSpans scope;
        private int bytes;
        private int count;

        Group(String key) {
            this.key = key;
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
            chunks.add(new Chunk(key, data.build(), count));
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
