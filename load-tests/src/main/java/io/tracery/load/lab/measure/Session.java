package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.LabOptions;
import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.peer.Peer;
import io.tracery.load.lab.peer.Shape;
import io.tracery.load.lab.peer.Site;
import io.tracery.load.lab.peer.Tracery;
import io.tracery.load.lab.work.Target;
import io.tracery.load.lab.work.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** One work with everybody who does it, and where the figures go. */
public final class Session implements AutoCloseable {

    private static final int FIRST_PORT = 27_100;

    private final Work work;
    private final LabOptions.Amounts amounts;
    private final Ground ground;
    private final ObjectNode results;
    private final List<Contender> contenders = new ArrayList<>();

    /**
     * @param results an object that figures are written into
     */
    public Session(Work work, List<Peer> peers, LabOptions.Amounts amounts, Ground ground, ObjectNode results)
            throws IOException, InterruptedException {
        this.work = work;
        this.amounts = amounts;
        this.ground = ground;
        this.results = results;
        for (Peer peer : peers) {
            contenders.add(new Contender(peer, site(work.shape(), contenders.size())));
        }
        ground.mesh(contenders.stream().map(Contender::site).toList());
    }

    private Site site(Shape shape, int index) throws IOException {
        int port = FIRST_PORT + Site.PORTS * index;
        return new Site(
                shape,
                Files.createDirectories(ground.directory().resolve("site-" + port)),
                port,
                work.backends(),
                ground.identity());
    }

    Work work() {
        return work;
    }

    LabOptions.Amounts amounts() {
        return amounts;
    }

    Ground ground() {
        return ground;
    }

    /** Everybody, ours first, whether they run or not. */
    List<Contender> contenders() {
        return contenders;
    }

    /** Everybody but the variants of ours that only the saturated runs compare. */
    List<Contender> principals() {
        return contenders.stream()
                .filter(contender -> !contender.name().equals(Tracery.QUIET))
                .toList();
    }

    /** So many pairs of one proxy, each at a site of its own; none of them runs. */
    List<Contender> pairsOf(Peer peer, int count) throws IOException, InterruptedException {
        List<Contender> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(new Contender(peer, site(Shape.MTLS_PAIR, contenders.size() + i)));
        }
        ground.mesh(pairs.stream().map(Contender::site).toList());
        return pairs;
    }

    /** Starts everybody and sees each answer once. */
    void startAll() throws IOException, InterruptedException {
        for (Contender contender : contenders) {
            contender.start();
            if (work.shape() != Shape.MTLS_INBOUND) {
                OpenLoop.reach(contender.port(), work.ask());
            }
        }
    }

    void stopAll() {
        contenders.forEach(Contender::stop);
    }

    Target target(Contender contender) {
        return new Target(
                contender.port(),
                ground.identity(),
                amounts.connections(),
                amounts.bodyGibibytes(),
                amounts.handshakes());
    }

    /** Where a proxy's figures go. */
    ObjectNode figures(Contender contender) {
        return results.withObjectProperty("proxies").withObjectProperty(contender.name());
    }

    /** Where the figures of no proxy at all go. */
    ObjectNode baseline() {
        return results.withObjectProperty("baseline");
    }

    void progress(String step) {
        System.err.println(work.name() + ": " + step);
    }

    @Override
    public void close() {
        stopAll();
    }
}
