package io.tracery.search.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import org.junit.jupiter.api.Test;

class CanariesTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long now = 1_000_000;
    private final Canaries canaries = new Canaries(() -> now, registry);

    @Test
    void aGapBetweenNumbersIsAsManyLost() throws InvalidProtocolBufferException {
        for (int number : new int[] {4, 5, 8, 9}) {
            assertThat(canaries.take(canary("cart-1", number).toByteArray())).isTrue();
        }
        canaries.take(canary("cart-2", 100).toByteArray());
        assertThat(count("arrived")).isEqualTo(5);
        assertThat(count("lost")).isEqualTo(2);
    }

    @Test
    void aProxyThatBeganAnewHasLostNothing() throws InvalidProtocolBufferException {
        canaries.take(canary("cart-1", 9).toByteArray());
        canaries.take(canary("cart-1", 1).toByteArray());
        canaries.take(canary("cart-1", 2).toByteArray());
        assertThat(count("lost")).isZero();
    }

    @Test
    void aProxyThatIsSilentIsOverdueAndThenForgotten() throws InvalidProtocolBufferException {
        canaries.take(canary("cart-1", 1).toByteArray());
        assertThat(overdue()).isZero();
        now += 76_000;
        assertThat(overdue()).isOne();
        canaries.take(canary("cart-2", 1).toByteArray());
        assertThat(overdue()).isOne();
        now += 600_000;
        assertThat(overdue()).as("only the second").isOne();
    }

    @Test
    void whatIsNoCanaryIsLeftAlone() throws InvalidProtocolBufferException {
        TracesData canary = canary("cart-1", 1);
        TracesData.Builder renamed = canary.toBuilder();
        renamed.getResourceSpansBuilder(0)
                .getScopeSpansBuilder(0)
                .getSpansBuilder(0)
                .setName("GET");
        assertThat(canaries.take(renamed.build().toByteArray())).isFalse();
        assertThat(canaries.take(new byte[0])).isFalse();
        assertThat(canaries.take(canary.toBuilder()
                        .addResourceSpans(canary.getResourceSpans(0))
                        .build()
                        .toByteArray()))
                .isFalse();
        assertThat(count("arrived")).isZero();
    }

    private double count(String outcome) {
        return registry.get("tracery.search.canaries")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double overdue() {
        return registry.get("tracery.search.canaries.overdue").gauge().value();
    }

    private static TracesData canary(String instance, int number) {
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(KeyValue.newBuilder()
                                        .setKey("service.instance.id")
                                        .setValue(AnyValue.newBuilder().setStringValue(instance))))
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(Span.newBuilder()
                                        .setName("tracery.canary")
                                        .addAttributes(KeyValue.newBuilder()
                                                .setKey("tracery.canary")
                                                .setValue(AnyValue.newBuilder().setIntValue(number))))))
                .build();
    }
}
