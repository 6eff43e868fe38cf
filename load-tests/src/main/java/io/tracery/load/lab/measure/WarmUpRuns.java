package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.load.lab.load.Generator;
import io.tracery.load.lab.load.OpenLoop;
import java.io.IOException;

/** The first ten seconds of a proxy that has just started, at 2,000/s from its first answer on; of a pair both are fresh. */
final class WarmUpRuns implements Measurement {

    private static final int RATE = 2_000;
    private static final int SECONDS = 10;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.stopAll();
        for (Contender contender : session.principals()) {
            session.progress("warm-up: " + contender.name());
            try (Generator generator = Generator.start(
                    OpenLoop.class, LatencyRuns.arguments(contender.port(), RATE, SECONDS, /* discard= */ 0))) {
                // It is warm itself, and waits for the proxy.
                generator.line();
                contender.start();
                JsonNode result = LatencyRuns.JSON.readTree(generator.line());
                session.figures(contender).set("warm_up", result.path("seconds"));
            }
            contender.stop();
        }
    }
}
