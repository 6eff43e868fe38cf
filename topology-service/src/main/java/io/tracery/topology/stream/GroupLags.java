package io.tracery.topology.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/** How far everyone who reads Kafka in a group is behind: the health of the whole pipeline, as the broker sees it. */
final class GroupLags {

    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int MOST_GROUPS = 50;
    private static final long ANSWER_SECONDS = 3;

    private volatile List<GroupLag> latest = List.of();
    private long askedNanos = System.nanoTime() - EVERY.toNanos();

    /** As of at most some seconds ago. Any thread. */
    List<GroupLag> latest() {
        return latest;
    }

    /** Asks again when it is time; by one thread. A broker that does not answer is asked again the next time. */
    void refresh(Admin admin) {
        long now = System.nanoTime();
        if (now - askedNanos < EVERY.toNanos()) {
            return;
        }
        askedNanos = now;
        try {
            latest = ask(admin);
        } catch (ExecutionException | TimeoutException e) {
            // What was known stands; that Kafka does not answer is said elsewhere.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<GroupLag> ask(Admin admin) throws ExecutionException, TimeoutException, InterruptedException {
        Map<String, ListConsumerGroupOffsetsSpec> asked = new HashMap<>();
        for (GroupListing group : admin.listGroups().all().get(ANSWER_SECONDS, TimeUnit.SECONDS)) {
            if (asked.size() < MOST_GROUPS
                    && group.type()
                            .filter(type -> type == GroupType.CLASSIC || type == GroupType.CONSUMER)
                            .isPresent()) {
                asked.put(group.groupId(), new ListConsumerGroupOffsetsSpec());
            }
        }
        if (asked.isEmpty()) {
            return List.of();
        }
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed =
                admin.listConsumerGroupOffsets(asked).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        committed.values().forEach(offsets -> offsets.keySet().forEach(at -> ends.put(at, OffsetSpec.latest())));
        Map<TopicPartition, ListOffsetsResultInfo> newest =
                admin.listOffsets(ends).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        List<GroupLag> lags = new ArrayList<>();
        new TreeMap<>(committed).forEach((group, offsets) -> {
            TreeMap<String, Long> byTopic = new TreeMap<>();
            offsets.forEach((at, offset) -> {
                ListOffsetsResultInfo end = newest.get(at);
                if (end != null && offset != null) {
                    byTopic.merge(at.topic(), Math.max(0, end.offset() - offset.offset()), Long::sum);
                }
            });
            byTopic.forEach((topic, lag) -> lags.add(new GroupLag(group, topic, lag)));
        });
        return List.copyOf(lags);
    }
}
