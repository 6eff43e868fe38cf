package io.tracery.load.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.mesh.Ports;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.telemetry.ProxyTelemetry;
import io.tracery.proxy.telemetry.TelemetryConfig;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar's telemetry without Kafka, with it, without it again, and with it again. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class KafkaOutageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BURST = 400;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final EventLoop loop = new DefaultEventLoop();
    private final SplittableRandom random = new SplittableRandom(1);

    @TempDir
    private Path directory;

    private EmbeddedKafka kafka;
    private ProxyTelemetry telemetry;
    private long exchanges;

    @BeforeEach
    void begin() throws IOException {
        kafka = new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        telemetry = new ProxyTelemetry(
                new TelemetryConfig(kafka.bootstrapServers(), "shop", "front", "v1", "sidecar~shop/front-1", ""),
                registry);
    }

    @AfterEach
    void end() {
        telemetry.close();
        kafka.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void countsAreLateAndNeverLostAndEverySpanIsAccountedFor() throws Exception {
        telemetry.start();
        burst();
        assertThat(figure("exported", "spans")).isZero();
        assertThat(telemetry.ready()).isTrue();

        kafka.start();
        createTopics();
        burst();
        awaitCountsInKafka();
        awaitBalance();
        assertThat(dropped()).as("a short absence at the start costs nothing").isZero();
        for (int i = 0; i < 3; i++) {
            burst();
            awaitBalance();
        }
        awaitEachSpanInKafka();

        kafka.close();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            burst();
            return dropped() > 0;
        });

        kafka.start();
        double exportedBefore = figure("exported", "spans");
        burst();
        awaitCountsInKafka();
        await().atMost(PATIENCE).until(() -> figure("exported", "spans") > exportedBefore);
        awaitBalance();
    }

    private void burst() {
        ExchangeObserver observer = telemetry.observerFor(loop);
        loop.submit(() -> {
                    for (int i = 0; i < BURST; i++) {
                        Exchange exchange = new Exchange(Direction.INBOUND, "inbound/1", Protocol.HTTP1, 1_000_000, i);
                        exchange.request(Protocol.HTTP1, "GET", "/", "front", "http");
                        exchange.trace(TraceContext.root(random), 0);
                        observer.started(exchange);
                        exchange.status(200);
                        exchange.end(Fate.SERVED, i + 1_000_000);
                        observer.ended(exchange);
                    }
                })
                .syncUninterruptibly();
        exchanges += BURST;
    }

    private void createTopics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(Stream.of(Topic.MESH_SPANS, Topic.OTLP_METRICS)
                            .map(topic -> new NewTopic(topic.topicName(), topic.partitions(), (short) 1))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    /** The newest total on the topic is the number of exchanges that there ever were. */
    private void awaitCountsInKafka() {
        try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginning(Topic.OTLP_METRICS)) {
            AtomicLong newest = new AtomicLong();
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    newest.accumulateAndGet(count(MetricsData.parseFrom(record.value())), Math::max);
                }
                return newest.get() == exchanges;
            });
        }
    }

    /** Batches wait, leave in arrays that others leave in after them, and read as they were written. */
    private void awaitEachSpanInKafka() {
        Set<ByteString> ids = new HashSet<>();
        AtomicLong full = new AtomicLong();
        try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginning(Topic.MESH_SPANS)) {
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    TracesData batch = TracesData.parseFrom(record.value());
                    full.addAndGet(batch.getUnknownFields().asMap().size());
                    batch.getResourceSpans(0).getScopeSpans(0).getSpansList().stream()
                            .filter(span -> !span.getName().equals(Vocabulary.CANARY))
                            .forEach(span -> ids.add(span.getSpanId()));
                }
                return ids.size() == exchanges;
            });
        }
        assertThat(full).as("batches that filled their array").hasValueGreaterThan(2);
    }

    private KafkaConsumer<byte[], byte[]> fromTheBeginning(Topic topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.iterate(0, i -> i + 1)
                .limit(topic.partitions())
                .map(i -> new TopicPartition(topic.topicName(), i))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static long count(MetricsData data) {
        return data.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream()
                .filter(metric -> metric.getName().equals(Vocabulary.EXCHANGE_DURATION))
                .map(Metric::getExponentialHistogram)
                .flatMap(histogram -> histogram.getDataPointsList().stream())
                .mapToLong(ExponentialHistogramDataPoint::getCount)
                .sum();
    }

    /** When all rests: accepted = exported + dropped, nothing queued. */
    private void awaitBalance() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(figure("queued", "spans")).isZero();
            assertThat(figure("accepted", "spans")).isEqualTo((double) exchanges);
            assertThat(figure("exported", "spans") + dropped()).isEqualTo((double) exchanges);
        });
    }

    private double dropped() {
        return figure("dropped", "spans");
    }

    private double figure(String name, String signal) {
        return MetricsPage.parse(registry.scrape()).telemetry(name, signal);
    }
}
