package io.tracery.proxy.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.tracing.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A Kafka that does as it is told. */
final class FakeTransport implements Transport {

    /** What becomes of the next records. */
    enum Mood {
        DELIVER,
        NOT_NOW,
        LOSE,
        /** Takes records and says nothing until it is closed. */
        HOLD
    }

    private final List<Sent> delivered = new CopyOnWriteArrayList<>();
    private final List<Receipt> held = new CopyOnWriteArrayList<>();
    private volatile Mood mood = Mood.DELIVER;
    private volatile boolean closed;

    private record Sent(Topic topic, String key, List<Span> spans, List<Metric> metrics) {}

    void mood(Mood newMood) {
        mood = newMood;
    }

    @Override
    public boolean send(Topic topic, byte[] key, byte[] value, Receipt receipt) {
        switch (mood) {
            case DELIVER -> {
                delivered.add(parse(topic, new String(key, StandardCharsets.UTF_8), value));
                receipt.settled(null);
            }
            case LOSE -> receipt.settled(DropReason.BUFFER_FULL);
            case HOLD -> held.add(receipt);
            case NOT_NOW -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        held.forEach(receipt -> receipt.settled(DropReason.TIMED_OUT));
    }

    boolean closed() {
        return closed;
    }

    List<String> keys(Topic topic) {
        return delivered.stream()
                .filter(sent -> sent.topic == topic)
                .map(Sent::key)
                .distinct()
                .toList();
    }

    int records(Topic topic) {
        return (int) delivered.stream().filter(sent -> sent.topic == topic).count();
    }

    /** Of exchanges. */
    List<Span> spans() {
        return delivered.stream()
                .flatMap(sent -> sent.spans.stream())
                .filter(span -> !span.getName().equals("tracery.canary"))
                .toList();
    }

    List<Span> canaries() {
        return delivered.stream()
                .flatMap(sent -> sent.spans.stream())
                .filter(span -> span.getName().equals("tracery.canary"))
                .toList();
    }

    Stream<Metric> metrics(String name) {
        return delivered.stream()
                .flatMap(sent -> sent.metrics.stream())
                .filter(metric -> metric.getName().equals(name));
    }

    private static Sent parse(Topic topic, String key, byte[] value) {
        try {
            return topic == Topic.MESH_SPANS
                    ? new Sent(
                            topic,
                            key,
                            TracesData.parseFrom(value)
                                    .getResourceSpans(0)
                                    .getScopeSpans(0)
                                    .getSpansList(),
                            List.of())
                    : new Sent(
                            topic,
                            key,
                            List.of(),
                            MetricsData.parseFrom(value)
                                    .getResourceMetrics(0)
                                    .getScopeMetrics(0)
                                    .getMetricsList());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("only valid payloads may go on a topic", e);
        }
    }
}
