package io.tracery.pipeline.stream;

import io.tracery.process.Component;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for Kafka and creates the topics that are missing. Topics that are there already stay as their operator made
 * them.
 */
public final class TopicSetup implements Component {

    private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
    private static final int ATTEMPT_TIMEOUT_MILLIS = 3_000;
    private static final int PAUSE_MILLIS = 250;
    private static final Duration LOG_EVERY = Duration.ofSeconds(5);

    private final String bootstrapServers;
    private final short replicationFactor;
    private final Duration deadline;
    private volatile boolean done;

    /** @param deadline how long to wait for Kafka before the start fails */
    public TopicSetup(String bootstrapServers, short replicationFactor, Duration deadline) {
        this.bootstrapServers = bootstrapServers;
        this.replicationFactor = replicationFactor;
        this.deadline = deadline;
    }

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public void start() throws InterruptedException {
        long begin = System.nanoTime();
        long lastLog = begin - LOG_EVERY.toNanos();
        List<NewTopic> missing = TopicSpecs.all(replicationFactor);
        try (Admin admin = Admin.create(adminConfig())) {
            while (true) {
                Attempt attempt = create(admin, missing);
                missing = attempt.stillMissing;
                if (missing.isEmpty()) {
                    done = true;
                    return;
                }
                long now = System.nanoTime();
                if (now - begin > deadline.toNanos()) {
                    throw new IllegalStateException("Kafka at " + bootstrapServers + " did not take the topics "
                            + names(missing) + " within " + deadline.toSeconds() + " s: " + attempt.problem
                            + "; start Kafka, or set `kafka` to where it listens");
                }
                if (now - lastLog >= LOG_EVERY.toNanos()) {
                    lastLog = now;
                    log.info(
                            "waiting for Kafka at {} ({} s of at most {} s): {}",
                            bootstrapServers,
                            Duration.ofNanos(now - begin).toSeconds(),
                            deadline.toSeconds(),
                            attempt.problem);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static Attempt create(Admin admin, List<NewTopic> topics) throws InterruptedException {
        List<NewTopic> stillMissing = new ArrayList<>();
        String problem = "";
        CreateTopicsResult result = admin.createTopics(topics);
        for (NewTopic topic : topics) {
            try {
                Objects.requireNonNull(result.values().get(topic.name())).get();
                log.info("created topic {}", topic.name());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    stillMissing.add(topic);
                    problem = String.valueOf(e.getCause());
                }
            } catch (KafkaException e) {
                stillMissing.add(topic);
                problem = e.toString();
            }
        }
        return new Attempt(stillMissing, problem);
    }

    private static List<String> names(List<NewTopic> topics) {
        return topics.stream().map(NewTopic::name).toList();
    }

    private Map<String, Object> adminConfig() {
        return Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ATTEMPT_TIMEOUT_MILLIS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ATTEMPT_TIMEOUT_MILLIS,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500,
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    }

    @Override
    public boolean ready() {
        return done;
    }

    @Override
    public void close() {}

    private record Attempt(List<NewTopic> stillMissing, String problem) {}
}
