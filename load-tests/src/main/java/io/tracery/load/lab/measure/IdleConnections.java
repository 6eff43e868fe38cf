package io.tracery.load.lab.measure;

import io.tracery.load.lab.host.Memory;
import io.tracery.load.lab.load.Generator;
import io.tracery.load.lab.load.TlsConnections;
import io.tracery.load.lab.work.Connections;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What open connections cost: private memory with them less private memory before, on a proxy that has just started. */
final class IdleConnections implements Measurement {

    private static final int SETTLE_SECONDS = 3;
    private static final double KIB_PER_MIB = 1024;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.stopAll();
        int count = session.amounts().idle();
        for (Contender contender : session.principals()) {
            session.progress(count + " idle connections: " + contender.name());
            contender.start();
            // A few first, so that what is made only once is there.
            hold(session, contender, 50);
            Memory before = settled(contender);
            try (Generator generator = start(session, contender, count)) {
                String[] words = generator.line().split(" ");
                Memory with = settled(contender);
                session.figures(contender)
                        .putObject("idle")
                        .put("connections", Long.parseLong(words[0]))
                        .put("failed", Long.parseLong(words[1]))
                        .put("private_before_mib", before.privately())
                        .put("private_with_mib", with.privately())
                        .put("rss_with_mib", with.rss())
                        .put(
                                "kib_per_connection",
                                (with.privately() - before.privately()) * KIB_PER_MIB / Long.parseLong(words[0]));
            }
            contender.stop();
        }
    }

    private static void hold(Session session, Contender contender, int count) throws IOException, InterruptedException {
        try (Generator generator = start(session, contender, count)) {
            generator.line();
        }
    }

    private static Generator start(Session session, Contender contender, int count) throws IOException {
        return Generator.start(
                TlsConnections.class,
                Connections.arguments(session.target(contender), List.of("--hold", Integer.toString(count))));
    }

    private static Memory settled(Contender contender) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        return Memory.of(contender.pids());
    }
}
