package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.Memory;
import io.tracery.load.lab.load.Generator;
import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.report.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory of ten sidecars, which are five pairs with mutual TLS, after some minutes under load: 2,000/s through the first pair
 * and 100/s through each other. One kind of proxy at a time.
 */
final class SidecarMemory implements Measurement {

    private static final int PAIRS = 5;
    private static final int BUSY_RATE = 2_000;
    private static final int QUIET_RATE = 100;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        for (Contender first : session.principals()) {
            List<Contender> pairs = session.pairsOf(first.peer(), PAIRS);
            try {
                for (Contender pair : pairs) {
                    pair.start();
                    OpenLoop.reach(pair.port(), session.work().ask());
                }
                session.progress("ten sidecars for " + session.amounts().minutes() + " min: " + first.name());
                long errors = load(session, pairs);
                write(session.figures(first).putObject("sidecars"), session, pairs, errors);
            } finally {
                pairs.forEach(Contender::stop);
            }
        }
    }

    private static long load(Session session, List<Contender> pairs) throws IOException, InterruptedException {
        int seconds = session.amounts().minutes() * 60;
        List<Generator> generators = new ArrayList<>();
        try {
            for (Contender pair : pairs) {
                int rate = pair == pairs.getFirst() ? BUSY_RATE : QUIET_RATE;
                generators.add(Generator.start(
                        OpenLoop.class,
                        LatencyRuns.arguments(session.work(), pair.port(), rate, seconds, /* discard= */ 0)));
            }
            long errors = 0;
            for (Generator generator : generators) {
                generator.line();
            }
            for (Generator generator : generators) {
                errors += LatencyRuns.JSON
                        .readTree(generator.line())
                        .path("errors")
                        .asLong();
            }
            return errors;
        } finally {
            for (Generator generator : generators) {
                generator.close();
            }
        }
    }

    private static void write(ObjectNode figures, Session session, List<Contender> pairs, long errors)
            throws IOException {
        List<Double> pss = new ArrayList<>();
        List<Double> privately = new ArrayList<>();
        double busiest = 0;
        for (Contender pair : pairs) {
            for (List<Long> sidecar : pair.sidecars()) {
                Memory memory = Memory.of(sidecar);
                pss.add(memory.pss());
                privately.add(memory.privately());
                if (pair == pairs.getFirst()) {
                    busiest = Math.max(busiest, memory.privately());
                }
            }
        }
        Statistics proportional = Statistics.of(pss);
        Statistics alone = Statistics.of(privately);
        figures.put("minutes", session.amounts().minutes())
                .put("sidecars", pss.size())
                .put("errors", errors)
                .put("pss_mib_median", proportional.median())
                .put("pss_mib_most", proportional.most())
                .put("private_mib_median", alone.median())
                .put("private_mib_most", alone.most())
                .put("private_mib_busiest", busiest);
    }
}
