package io.tracery.topology.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All proxies and events that this process knows: those of the partitions it has now. Any thread. */
public final class Fleet implements FleetSource {

    /** The order of {@link #proxies()}. */
    public static final Comparator<ProxyReport> BY_INSTANCE = Comparator.comparing(ProxyReport::instance);

    /** The order of {@link #events}. */
    public static final Comparator<MeshEvent> BY_TIME = Comparator.comparingLong(MeshEvent::t);

    private final Map<Integer, PartitionFleet> partitions = new ConcurrentHashMap<>();

    public void add(int partition, PartitionFleet fleet) {
        partitions.put(partition, fleet);
    }

    /** Forgets a partition, unless another took its place. */
    public void remove(int partition, PartitionFleet fleet) {
        partitions.remove(partition, fleet);
    }

    @Override
    public List<ProxyReport> proxies() {
        List<ProxyReport> all = new ArrayList<>();
        partitions.values().forEach(partition -> all.addAll(partition.proxies()));
        all.sort(BY_INSTANCE);
        return all;
    }

    @Override
    public List<MeshEvent> events(long from, long to) {
        List<MeshEvent> all = new ArrayList<>();
        partitions.values().forEach(partition -> partition.events(from, to, all::add));
        all.sort(BY_TIME);
        return all;
    }
}
