package io.tracery.load.lab.measure;

import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.report.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From exec to the first proxied answer, asked for every few milliseconds; of a pair, the caller's, the callee's running. */
final class StartRuns implements Measurement {

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.stopAll();
        Map<Contender, List<Double>> millis = new HashMap<>();
        for (int round = 1; round <= session.amounts().rounds(); round++) {
            for (Contender contender : session.principals()) {
                session.progress("start " + round + ": " + contender.name());
                if (round == 1) {
                    contender.start();
                    OpenLoop.reach(contender.port(), session.work().ask());
                    contender.stopLast();
                }
                long exec = System.nanoTime();
                contender.execLast();
                OpenLoop.reach(contender.port(), session.work().ask());
                millis.computeIfAbsent(contender, key -> new ArrayList<>()).add((System.nanoTime() - exec) / 1e6);
                contender.stopLast();
            }
        }
        session.stopAll();
        for (Contender contender : session.principals()) {
            Statistics statistics =
                    Statistics.of(Optional.ofNullable(millis.get(contender)).orElseThrow());
            session.figures(contender)
                    .putObject("start")
                    .put("median_ms", statistics.median())
                    .put("least_ms", statistics.least())
                    .put("most_ms", statistics.most())
                    .put("runs", session.amounts().rounds());
        }
    }
}
