package io.tracery.topology.peers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.process.Component;
import io.tracery.topology.graph.GraphShare;
import io.tracery.topology.graph.GraphSharing;
import io.tracery.topology.metrics.EdgeLagMeter;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the other processes that share the work, again and again, for what changed of what they counted. One thread for each. */
public final class Peers implements Component {

    private static final Duration EVERY = Duration.ofMillis(100);

    /** One that did not answer for so long is taken not to. */
    private static final long SILENT_MILLIS = 2_000;

    /** After so long it is asked for everything again: it tells for ten minutes what is no more. */
    private static final long FORGOTTEN_MILLIS = 60_000;

    private static final Logger log = LoggerFactory.getLogger(Peers.class);

    /**
     * One of the processes.
     *
     * @param address of its API
     * @param self whether it is this one
     * @param partitions that it counts
     */
    public record Instance(String address, boolean self, boolean answers, List<Integer> partitions) {}

    private final class Peer {
        final String address;
        final CountDownLatch ended = new CountDownLatch(1);
        volatile long answeredMillis;
        private @Nullable Thread thread;

        Peer(String address) {
            this.address = address;
        }

        boolean answers() {
            return clock.millis() - answeredMillis <= SILENT_MILLIS;
        }

        void start() {
            thread = Thread.ofVirtual().name("topology-peer-" + address).start(this::run);
        }

        void end() {
            ended.countDown();
            if (thread != null) {
                thread.interrupt();
            }
        }

        private void run() {
            boolean answered = true;
            long failingSince = clock.millis();
            while (ended.getCount() > 0) {
                boolean more = false;
                try {
                    GraphShare share = client.graph(address, sharing.known(address));
                    sharing.take(address, share, time -> lag.record(time, clock.millis()));
                    more = share.more();
                    asked.increment();
                    answeredMillis = clock.millis();
                    failingSince = answeredMillis;
                    if (!answered) {
                        log.info("the topology service at {} answers again", address);
                    }
                    answered = true;
                } catch (IOException e) {
                    failed.increment();
                    if (answered && ended.getCount() > 0) {
                        log.warn("the topology service at {} does not answer: {}", address, e.toString());
                    }
                    answered = false;
                    if (clock.millis() - failingSince > FORGOTTEN_MILLIS) {
                        failingSince = clock.millis();
                        sharing.forget(address);
                    }
                } catch (RuntimeException e) {
                    failed.increment();
                    // Once, not ten times a second for as long as it lasts.
                    if (answered) {
                        log.error("what the topology service at {} tells cannot be taken", address, e);
                    }
                    answered = false;
                    sharing.forget(address);
                }
                pause(more ? Duration.ZERO : EVERY);
            }
            sharing.forget(address);
        }

        private void pause(Duration duration) {
            try {
                ended.await(duration.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                ended.countDown();
            }
        }
    }

    private final GraphSharing sharing;
    private final PeerClient client;
    private final EdgeLagMeter lag;
    private final InstantSource clock;
    private final Map<String, Peer> peers = new TreeMap<>();
    private final Counter asked;
    private final Counter failed;
    private boolean closed;

    public Peers(
            GraphSharing sharing, PeerClient client, EdgeLagMeter lag, InstantSource clock, MeterRegistry registry) {
        this.sharing = sharing;
        this.client = client;
        this.lag = lag;
        this.clock = clock;
        this.asked = asked(registry, "answered");
        this.failed = asked(registry, "failed");
        Gauge.builder("topology.peers", this, Peers::count)
                .description("Other processes that share the work")
                .register(registry);
    }

    private static Counter asked(MeterRegistry registry, String result) {
        return Counter.builder("topology.peers.asked")
                .description("Questions to the other processes, for what changed of the graph")
                .tag("result", result)
                .register(registry);
    }

    private synchronized int count() {
        return peers.size();
    }

    /** The addresses of all others there are. */
    public synchronized void are(Set<String> addresses) {
        if (closed) {
            return;
        }
        peers.values().removeIf(peer -> {
            boolean gone = !addresses.contains(peer.address);
            if (gone) {
                log.info("the topology service at {} does not share the work any more", peer.address);
                peer.end();
            }
            return gone;
        });
        for (String address : addresses) {
            if (!peers.containsKey(address)) {
                log.info("the topology service at {} shares the work", address);
                Peer peer = new Peer(address);
                peers.put(address, peer);
                peer.start();
            }
        }
    }

    /** True while everybody answers who has a part of the graph. */
    public boolean complete() {
        Set<String> speakers = sharing.elsewhere().keySet();
        synchronized (this) {
            return speakers.stream().allMatch(this::answers);
        }
    }

    private boolean answers(String address) {
        Peer peer = peers.get(address);
        return peer != null && peer.answers();
    }

    /** The others, in the order of their addresses. */
    public List<Instance> instances() {
        Map<String, Set<Integer>> elsewhere = sharing.elsewhere();
        List<Instance> instances = new ArrayList<>();
        synchronized (this) {
            for (Peer peer : peers.values()) {
                List<Integer> partitions = elsewhere.getOrDefault(peer.address, Set.of()).stream()
                        .sorted()
                        .toList();
                instances.add(new Instance(peer.address, false, peer.answers(), partitions));
            }
        }
        return instances;
    }

    @Override
    public String name() {
        return "topology-peers";
    }

    /** Nothing yet: the stream finds out who they are. */
    @Override
    public void start() {}

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        peers.values().forEach(Peer::end);
        peers.clear();
        client.close();
    }
}
