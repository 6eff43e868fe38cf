package io.tracery.topology.peers;

import io.tracery.topology.graph.GraphSharing;
import io.tracery.topology.history.History;
import io.tracery.topology.history.HistoryStats;
import io.tracery.topology.history.Unavailable;
import io.tracery.topology.history.WindowSource;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The past of all processes that share the work: of each partition it is asked of who counts it. Any thread. */
public final class SharedWindows implements WindowSource {

    private final History history;
    private final GraphSharing sharing;
    private final PeerClient client;
    private final Remembered<HistoryStats> stats;

    public SharedWindows(History history, GraphSharing sharing, PeerClient client) {
        this.history = history;
        this.sharing = sharing;
        this.client = client;
        this.stats = new Remembered<>(client::stats);
    }

    /** @throws Unavailable when one of the others does not answer: half an answer would look like a whole one */
    @Override
    public void read(Reading reading, Sink sink) {
        Map<String, Set<Integer>> elsewhere = sharing.elsewhere();
        Set<Integer> here = new HashSet<>(history.partitions());
        elsewhere.values().forEach(here::removeAll);
        history.read(here, reading, sink);
        elsewhere.forEach((address, partitions) -> {
            try {
                client.windows(address, new PeerWire.Question(reading, partitions), sink);
            } catch (IOException e) {
                throw away(address, partitions, e);
            }
        });
    }

    static Unavailable away(String address, Set<Integer> partitions, IOException why) {
        return new Unavailable("the topology service at " + address + ", which has partitions " + partitions
                + " of the past, does not answer (" + why.getMessage()
                + "); another one takes them over within some seconds: ask again");
    }

    /** How much all of them remember, as of some seconds ago. */
    public HistoryStats stats() {
        HistoryStats sum = history.stats();
        for (String address : sharing.elsewhere().keySet()) {
            HistoryStats other = stats.of(address);
            sum = other == null ? sum : sum.plus(other);
        }
        return sum;
    }
}
