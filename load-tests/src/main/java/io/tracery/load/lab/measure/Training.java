package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tracery.load.lab.LabOptions;
import io.tracery.load.lab.load.Ask;
import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.load.Wrk;
import io.tracery.load.lab.peer.ClassCache;
import io.tracery.load.lab.peer.Tracery;
import io.tracery.load.lab.work.Works;
import java.io.IOException;
import java.util.List;

/** Makes the class cache that our proxy begins with, from a caller's sidecar: identity, xDS, mutual TLS and Kafka exercised. */
public final class Training {

    private static final int CONNECTIONS = 8;
    private static final int BURSTS = 5;
    private static final int SECONDS = 2;

    private Training() {}

    public static void run(Tracery proxy, ClassCache cache, Ground ground) throws IOException, InterruptedException {
        System.err.println("making the proxy's class cache");
        LabOptions.Amounts amounts = LabOptions.parse(List.of()).amounts();
        cache.train();
        try (Session session = new Session(
                Works.named("h1-mtls-pair"), List.of(proxy), amounts, ground, new ObjectMapper().createObjectNode())) {
            session.startAll();
            Contender pair = session.contenders().getFirst();
            OpenLoop.reach(pair.port(), Ask.HTTP1);
            // Several bursts: clients that come and break off are in the cache's profiles too, or compiled code is
            // thrown
            // away when the first does.
            for (int burst = 0; burst < BURSTS; burst++) {
                Wrk.run(pair.port(), CONNECTIONS, SECONDS);
            }
        }
        cache.trained();
    }
}
