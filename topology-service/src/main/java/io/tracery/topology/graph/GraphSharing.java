package io.tracery.topology.graph;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Lets several processes hold the whole graph, though each counts only for its own partitions: each tells the others what
 * changed of what it counted, and takes what they tell. What is told of an edge is all there is to say of it, not what was
 * added, so that it may be told again or be missed once.
 *
 * <p>A partition is counted by one process. While it goes from one to another both may speak for it for a moment, or nobody:
 * the younger claim counts, and what the last one told stays until another claims it. Any thread.
 */
public final class GraphSharing {

    /** Edges in one share: some megabytes. */
    private static final int MOST_EDGES = 5_000;

    /** What to ask a process for next. */
    public record Known(long epoch, long version) {

        /** By one who knows nothing. */
        public static final Known NOTHING = new Known(0, 0);
    }

    /** One other process. Guarded by this object. */
    private static final class Peer {
        Known known = Known.NOTHING;
        /** Of the last time that it began to tell everything. */
        long round;

        boolean telling;
    }

    /**
     * Who speaks for a partition.
     *
     * @param since its claim; the least long when it does not claim it any more
     */
    private record Speaker(String peer, long since) {}

    private final Graph graph;
    private final long epoch;
    private final Map<String, Peer> peers = new HashMap<>();
    private final Map<Integer, Speaker> speakers = new TreeMap<>();
    private long rounds;

    /** @param clock names the life of this process */
    public GraphSharing(Graph graph, InstantSource clock) {
        this.graph = graph;
        this.epoch = clock.millis();
    }

    /** What to tell a process that knows so much. */
    public GraphShare tell(Known known) {
        long after = known.epoch() == epoch ? known.version() : 0;
        // First: what changes while we look is told the next time.
        long upTo = graph.version();
        Map<Integer, Long> claims = graph.claimed();
        List<EdgeShare> shares = new ArrayList<>();
        List<EdgeState> changed = new ArrayList<>();
        for (EdgeState edge : graph.edges()) {
            if (edge.changedAt() > after) {
                changed.add(edge);
            }
        }
        boolean more = changed.size() > MOST_EDGES;
        if (more) {
            // By the versions as they are now; one that changes meanwhile is told twice.
            Map<EdgeState, Long> versions = new HashMap<>();
            changed.forEach(edge -> versions.put(edge, edge.changedAt()));
            changed.sort(Comparator.comparing(edge -> versions.getOrDefault(edge, 0L)));
            changed = changed.subList(0, MOST_EDGES);
            upTo = Math.min(upTo, versions.getOrDefault(changed.getLast(), 0L));
        }
        if (after > 0) {
            graph.goneAfter(after).forEach(key -> shares.add(EdgeShare.gone(key)));
        }
        for (EdgeState edge : changed) {
            EdgeShare share = edge.share(claims::containsKey, after);
            if (share != null) {
                shares.add(share);
            }
        }
        return new GraphShare(
                epoch, after, Math.max(upTo, after), more, claims, graph.firstData(), graph.newestData(), shares);
    }

    /** What to ask a process for. */
    public synchronized Known known(String peer) {
        Peer known = peers.get(peer);
        return known == null ? Known.NOTHING : known.known;
    }

    /**
     * Takes what a process told when it was asked for what comes after the {@link #known}.
     *
     * @param news is told the time of what happened lately on each edge
     */
    public synchronized void take(String name, GraphShare share, LongConsumer news) {
        Peer peer = peers.computeIfAbsent(name, any -> new Peer());
        if (share.from != 0 && (share.epoch != peer.known.epoch() || share.from != peer.known.version())) {
            // An answer to another question.
            peer.known = Known.NOTHING;
            return;
        }
        if (share.from == 0) {
            peer.round = ++rounds;
            peer.telling = true;
        }
        if (hears(name, share) && share.from != 0) {
            // It speaks for more than before, of which it has told nothing yet.
            peer.known = Known.NOTHING;
            return;
        }
        Set<Integer> owners = ownersOf(name);
        for (EdgeShare edge : share.edges) {
            long time = graph.merge(owners, peer.round, edge);
            if (time != 0 && !peer.telling) {
                news.accept(time);
            }
        }
        if (share.newestData > 0) {
            graph.heardElsewhere(share.firstData, share.newestData);
        }
        if (!share.more && peer.telling) {
            peer.telling = false;
            graph.dropBefore(owners, peer.round);
        }
        peer.known = new Known(share.epoch, share.upTo);
    }

    /** Decides for which partitions a process speaks from now on; true when there are new ones. */
    private boolean hears(String name, GraphShare share) {
        boolean more = false;
        for (Map.Entry<Integer, Long> claim : share.claims.entrySet()) {
            Speaker before = speakers.get(claim.getKey());
            if (before == null || before.peer().equals(name) || before.since() < claim.getValue()) {
                speakers.put(claim.getKey(), new Speaker(name, claim.getValue()));
                more |= before == null || !before.peer().equals(name);
            }
        }
        speakers.replaceAll((owner, speaker) -> speaker.peer().equals(name) && !share.claims.containsKey(owner)
                ? new Speaker(name, Long.MIN_VALUE)
                : speaker);
        speakers.keySet().removeIf(graph::claims);
        return more;
    }

    private Set<Integer> ownersOf(String name) {
        Set<Integer> owners = new HashSet<>();
        speakers.forEach((owner, speaker) -> {
            if (speaker.peer().equals(name) && !graph.claims(owner)) {
                owners.add(owner);
            }
        });
        return owners;
    }

    /** Forgets a process that is no more, or did not answer for long. What it told last stays until another tells. */
    public synchronized void forget(String name) {
        peers.remove(name);
        speakers.replaceAll(
                (owner, speaker) -> speaker.peer().equals(name) ? new Speaker(name, Long.MIN_VALUE) : speaker);
    }

    /** Who has what is counted of partitions that this process does not count: partitions by address. */
    public synchronized Map<String, Set<Integer>> elsewhere() {
        Map<String, Set<Integer>> elsewhere = new TreeMap<>();
        speakers.forEach((owner, speaker) -> {
            if (!graph.claims(owner)) {
                elsewhere
                        .computeIfAbsent(speaker.peer(), any -> new HashSet<>())
                        .add(owner);
            }
        });
        return elsewhere;
    }
}
