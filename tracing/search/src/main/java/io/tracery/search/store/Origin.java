package io.tracery.search.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.util.Arrays;

/** Who tells of spans: a resource and a scope, which many records repeat, with what the index makes of them. */
final class Origin {

    /** A resource with more attributes has the rest shown but not searched. */
    private static final int MOST_TAGS = 512;

    private static final long SCOPE_NAME = TextHash.of("otel.scope.name");
    private static final long SCOPE_VERSION = TextHash.of("otel.scope.version");

    private final byte[] otlp;
    private final String service;
    private final byte[] serviceTerm;
    private final long serviceHash;
    private final long[] tags;

    private Origin(ResourceSpans spans) {
        this.otlp = spans.toByteArray();
        this.service = SpanEntry.serviceOf(spans.getResource());
        this.serviceTerm = Terms.utf8(Fields.term(service));
        this.serviceHash = TextHash.of(service);
        long[] all = new long[MOST_TAGS + 2];
        int count = 0;
        for (KeyValue attribute : spans.getResource().getAttributesList()) {
            if (count < MOST_TAGS) {
                all[count++] = tag(TextHash.of(attribute.getKey()), AttributeText.of(attribute.getValue()));
            }
        }
        InstrumentationScope scope = spans.getScopeSpans(0).getScope();
        if (!scope.getName().isEmpty()) {
            all[count++] = tag(SCOPE_NAME, scope.getName());
        }
        if (!scope.getVersion().isEmpty()) {
            all[count++] = tag(SCOPE_VERSION, scope.getVersion());
        }
        this.tags = Arrays.copyOf(all, count);
    }

    /** @param otlp a message {@code ResourceSpans} with one scope and no span */
    static Origin parse(ByteString otlp) throws InvalidProtocolBufferException {
        return new Origin(ResourceSpans.parseFrom(otlp));
    }

    private long tag(long key, String value) {
        return SpanTags.tag(serviceHash, key, value);
    }

    /** As it is stored. */
    byte[] otlp() {
        return otlp;
    }

    String service() {
        return service;
    }

    byte[] serviceTerm() {
        return serviceTerm;
    }

    /** {@link TextHash} of the service. */
    long serviceHash() {
        return serviceHash;
    }

    /** What all its spans are found by. */
    long[] tags() {
        return tags;
    }
}
