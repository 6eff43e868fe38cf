package io.tracery.topology.history;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All that this process remembers: the partitions it has now. Any thread. */
public final class History implements WindowSource {

    private final Map<Integer, PartitionHistory> partitions = new ConcurrentHashMap<>();

    public void add(int partition, PartitionHistory history) {
        partitions.put(partition, history);
    }

    /** Forgets a partition, unless another took its place. */
    public void remove(int partition, PartitionHistory history) {
        partitions.remove(partition, history);
    }

    /** Partitions that this process reads now, in order. */
    public List<Integer> partitions() {
        return partitions.keySet().stream().sorted().toList();
    }

    @Override
    public void read(Reading reading, Sink sink) {
        partitions.values().forEach(partition -> partition.read(reading, sink));
    }

    /**
     * The same of some partitions.
     *
     * @throws Unavailable when one of them is not here (any more)
     */
    public void read(Set<Integer> which, Reading reading, Sink sink) {
        for (Integer number : which) {
            PartitionHistory partition = partitions.get(number);
            if (partition == null) {
                throw new Unavailable("partition " + number + " is not here any more: ask again");
            }
            partition.read(reading, sink);
        }
    }

    public HistoryStats stats() {
        HistoryStats sum = HistoryStats.EMPTY;
        for (PartitionHistory partition : partitions.values()) {
            sum = sum.plus(partition.stats());
        }
        return sum;
    }
}
