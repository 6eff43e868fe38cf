package io.tracery.topology.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tracery.topology.fleet.PartitionFleet;
import io.tracery.topology.graph.EdgeChange;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.history.PartitionHistory;
import io.tracery.topology.history.Step;
import io.tracery.topology.stream.Accounting.RecordDrop;
import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * One partition's way from record to graph: decode, then each point through the {@link SeriesTable}. The graph changes
 * here and now, not when Kafka commits: what a reader sees is never older than what was read. No payload can stop it.
 */
final class GraphProcessor implements Processor<byte[], byte[], String, byte[]> {

    static final String STORE = "series";

    /** Series of one partition that are known without asking the store: at some 700 bytes each, a quarter of the heap for all partitions. */
    private static final int KNOWN_SERIES =
            (int) (Runtime.getRuntime().maxMemory() / 4 / 700 / Topic.OTLP_METRICS.partitions());

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final RecordMetadata UNKNOWN = new RecordMetadata() {
        @Override
        public String topic() {
            return "unknown";
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long offset() {
            return 0;
        }
    };

    private final StreamParts parts;
    private @Nullable ProcessorContext<String, byte[]> context;
    private @Nullable MetricsDecoder decoder;
    private @Nullable SeriesTable table;
    private @Nullable SeriesSweeper sweeper;
    private @Nullable PartitionHistory history;
    private @Nullable PartitionFleet fleet;
    private int owner;

    GraphProcessor(StreamParts parts) {
        this.parts = parts;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> starting) {
        KeyValueStore<String, byte[]> store = starting.getStateStore(STORE);
        owner = starting.taskId().partition();
        KeyValueStore<Bytes, byte[]> windows = starting.getStateStore(KafkaWindowStore.NAME);
        PartitionHistory remembered =
                new PartitionHistory(new KafkaWindowStore(windows), parts.historySettings(), parts.graph()::inFlight);
        SeriesTable restored =
                new SeriesTable(store, parts.graph(), owner, parts.lives(), parts.clock(), remembered::add);
        context = starting;
        decoder = new MetricsDecoder(new Reporters(KNOWN_SERIES));
        table = restored;
        history = remembered;
        fleet = new PartitionFleet(
                new KafkaWindowStore(windows), parts.historySettings().keepMillis(Step.HOUR));
        parts.fleet().add(owner, fleet);
        parts.history().add(owner, remembered);
        // Claims the partition, so it comes last.
        restored.restore();
        sweeper = new SeriesSweeper(store, parts.graph(), owner, parts.lives(), parts.listening());
        starting.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, now -> tick());
    }

    @Override
    public void process(Record<byte[], byte[]> message) {
        Accounting accounting = parts.accounting();
        accounting.recordAccepted();
        byte[] payload = message.value() == null ? new byte[0] : message.value();
        try {
            apply(started(decoder).decode(payload));
            accounting.recordApplied();
        } catch (InvalidProtocolBufferException e) {
            accounting.recordDropped(RecordDrop.MALFORMED);
            bury(payload, e);
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException | ArithmeticException e) {
            // Ours to mend, but not a reason to see nothing of all the others.
            accounting.recordDropped(RecordDrop.FAILED);
            bury(payload, e);
        }
    }

    private void apply(Decoded decoded) {
        Accounting accounting = parts.accounting();
        accounting.pointsAccepted(decoded.points().size() + decoded.foreign() + decoded.invalid());
        accounting.pointsDropped(PointDrop.FOREIGN, decoded.foreign());
        accounting.pointsDropped(PointDrop.INVALID, decoded.invalid());
        long newest = 0;
        long applied = 0;
        SeriesTable series = started(table);
        for (Point point : decoded.points()) {
            PointDrop drop = series.apply(point);
            if (drop == null) {
                applied++;
                newest = Math.max(newest, TimeUnit.NANOSECONDS.toMillis(point.timeNanos()));
            } else {
                accounting.pointsDropped(drop, 1);
            }
        }
        accounting.pointsApplied(applied);
        PartitionFleet proxies = started(fleet);
        decoded.reports().forEach(proxies::heard);
        long now = parts.clock().millis();
        parts.listening().heard(now);
        if (newest > 0) {
            parts.graph().heard(newest);
            parts.lag().record(newest, now);
        }
    }

    /** What any of the partitions does once a second; edges that changed are told of once, by whichever comes first. */
    private void tick() {
        long now = parts.clock().millis();
        ProcessorContext<String, byte[]> out = started(context);
        for (EdgeChange change : parts.graph().takeChanges()) {
            EdgeSummary edge = change.now();
            byte[] json = edge == null ? null : parts.edgeJson().apply(edge);
            out.forward(new Record<>(change.edge().id(), json, now));
        }
        started(sweeper).sweep();
        started(history).tick(now);
        started(fleet).tick(now, parts.listening()::silence);
        parts.housekeeping().run(now);
    }

    /** The windows that are still in memory are stored; the store ends after this. */
    @Override
    public void close() {
        parts.graph().release(owner);
        if (history != null) {
            parts.history().remove(owner, history);
            history.close();
            history = null;
        }
        if (fleet != null) {
            parts.fleet().remove(owner, fleet);
            fleet = null;
        }
    }

    private void bury(byte[] payload, Exception why) {
        RecordMetadata origin = started(context).recordMetadata().orElse(UNKNOWN);
        parts.deadLetters().keep(origin, payload, why, parts.clock().millis());
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("used before init");
        }
        return part;
    }
}
