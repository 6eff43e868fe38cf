package io.tracery.topology.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.process.Component;
import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.graph.EdgeSummary;
import io.tracery.topology.graph.Graph;
import io.tracery.topology.history.History;
import io.tracery.topology.metrics.EdgeLagMeter;
import io.tracery.tracing.topic.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the stream for as long as the process lives. Kafka may come later than this process, go away and come back: the
 * graph stands still meanwhile, and what proxies counted is caught up with, because their counts are cumulative.
 *
 * <p>One thread supervises: it waits for the topics, starts the stream, watches over Kafka and the stream, and when the
 * stream ends, begins again.
 */
public final class GraphStream implements Component {

    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);
    private static final List<String> TOPICS = List.of(Topic.OTLP_METRICS.topicName(), Topic.SERVICE_GRAPH.topicName());
    private static final Logger log = LoggerFactory.getLogger(GraphStream.class);

    private final StreamSettings settings;
    private final StreamParts parts;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile KafkaStreams.State state = KafkaStreams.State.CREATED;
    private volatile boolean kafkaThere;
    private final GroupLags lags = new GroupLags();
    private final Consumer<Set<String>> others;
    private @Nullable Thread supervisor;

    /**
     * @param edgeJson an edge as the topic of edges shows it
     * @param others is told the addresses of the other processes that share the work, about once a second
     */
    public GraphStream(
            StreamSettings settings,
            Graph graph,
            EdgeLagMeter lag,
            History history,
            Fleet fleet,
            Function<EdgeSummary, byte[]> edgeJson,
            Consumer<Set<String>> others,
            MeterRegistry registry,
            InstantSource clock) {
        this.settings = settings;
        this.others = others;
        Lives lives = new Lives();
        this.parts = new StreamParts(
                graph,
                lag,
                new Accounting(registry),
                new DeadLetters(settings.stateDir().resolveSibling("dead-letters")),
                lives,
                new Listening(),
                new Housekeeping(graph, lives),
                history,
                fleet,
                settings.history(),
                edgeJson,
                clock);
    }

    @Override
    public String name() {
        return "topology-stream";
    }

    /** Returns at once: the stream begins when its topics exist. */
    @Override
    public synchronized void start() {
        if (supervisor == null) {
            supervisor = Thread.ofVirtual().name("topology-supervisor").start(this::supervise);
        }
    }

    /** True while the stream runs, whether or not Kafka answers just now. */
    @Override
    public boolean ready() {
        return state.isRunningOrRebalancing();
    }

    /** True while Kafka answers and the stream runs: what the graph shows is then as new as can be. */
    public boolean flowing() {
        return kafkaThere && ready();
    }

    /** Who reads Kafka, and how far behind; as of some seconds ago. */
    public List<GroupLag> groupLags() {
        return lags.latest();
    }

    @Override
    public void close() {
        closing.countDown();
        Thread running;
        synchronized (this) {
            running = supervisor;
            supervisor = null;
        }
        if (running != null) {
            try {
                running.join(CLOSE_WITHIN.plusSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void supervise() {
        Duration pause = WATCH_EVERY;
        while (!closed(Duration.ZERO)) {
            try (Admin admin = Admin.create(adminProperties())) {
                if (awaitTopics(admin)) {
                    boolean ran = runStream(admin);
                    pause = ran ? WATCH_EVERY : longer(pause);
                }
            } catch (KafkaException e) {
                log.warn("the stream cannot start; trying again in {} s", pause.toSeconds(), e);
                pause = longer(pause);
            } catch (RuntimeException e) {
                log.error("the stream failed in a way it should not; trying again in {} s", pause.toSeconds(), e);
                pause = longer(pause);
            }
            state = KafkaStreams.State.NOT_RUNNING;
            closed(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** False when the process ends first. */
    private boolean awaitTopics(Admin admin) {
        String told = "";
        do {
            String missing = missing(admin);
            kafkaThere = missing.isEmpty();
            if (missing.isEmpty()) {
                return true;
            }
            if (!missing.equals(told)) {
                log.info("waiting: {}", missing);
                told = missing;
            }
        } while (!closed(WATCH_EVERY));
        return false;
    }

    /** What is not there yet; empty when all is. */
    private String missing(Admin admin) {
        try {
            admin.describeTopics(TOPICS).allTopicNames().get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            return "";
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnknownTopicOrPartitionException
                    ? "Kafka has no topic " + String.join(" or ", TOPICS) + " yet"
                    : "Kafka at " + settings.bootstrapServers() + " does not answer";
        } catch (TimeoutException e) {
            return "Kafka at " + settings.bootstrapServers() + " does not answer";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Runs the stream until it ends by itself or the process does; true when it ran at all. */
    private boolean runStream(Admin admin) {
        boolean ran = false;
        String self = settings.address().get();
        KafkaStreams streams = new KafkaStreams(GraphTopology.build(parts), settings.properties());
        try {
            streams.setStateListener((now, before) -> state = now);
            streams.setUncaughtExceptionHandler(this::explain);
            streams.start();
            log.info("reading {} of Kafka at {}", TOPICS.getFirst(), settings.bootstrapServers());
            while (!closed(WATCH_EVERY) && !ended(streams.state())) {
                ran |= streams.state() == KafkaStreams.State.RUNNING;
                watchKafka(admin);
                lags.refresh(admin);
                tellOthers(streams, self);
            }
        } finally {
            streams.close(CloseOptions.timeout(CLOSE_WITHIN)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
        return ran;
    }

    /** While the stream knows of nobody, not even of itself, nothing is told. */
    private void tellOthers(KafkaStreams streams, String self) {
        if (streams.state().isRunningOrRebalancing()) {
            Set<String> all = new TreeSet<>();
            for (StreamsMetadata process : streams.metadataForAllStreamsClients()) {
                if (!process.hostInfo().equals(HostInfo.unavailable())) {
                    all.add(process.host() + ":" + process.port());
                }
            }
            if (all.remove(self)) {
                others.accept(all);
            }
        }
    }

    private static boolean ended(KafkaStreams.State state) {
        return state == KafkaStreams.State.ERROR || state.hasCompletedShutdown();
    }

    private StreamThreadExceptionResponse explain(Throwable failure) {
        if (hasCause(failure, FencedInstanceIdException.class)) {
            log.error(
                    "another process with the application id {} is the instance {}, too: give each its own sharing.instance,"
                            + " or its own applicationId if they are not to share the work",
                    settings.applicationId(),
                    settings.instance());
        } else {
            log.error("the stream ended and begins again", failure);
        }
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private void watchKafka(Admin admin) {
        boolean there;
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) ANSWER_WITHIN.toMillis()))
                    .clusterId()
                    .get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            there = true;
        } catch (ExecutionException | TimeoutException e) {
            there = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (there != kafkaThere) {
            kafkaThere = there;
            if (there) {
                log.info("Kafka at {} is back", settings.bootstrapServers());
            } else {
                log.warn("Kafka at {} does not answer: the graph stands still", settings.bootstrapServers());
            }
        }
    }

    private Map<String, Object> adminProperties() {
        return Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                settings.bootstrapServers(),
                AdminClientConfig.CLIENT_ID_CONFIG,
                settings.applicationId() + "-watch",
                CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                1_000,
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                false);
    }

    private boolean closed(Duration wait) {
        try {
            return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
