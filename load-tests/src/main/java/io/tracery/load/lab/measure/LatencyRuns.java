package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.CoreTimes;
import io.tracery.load.lab.host.ProcessTimes;
import io.tracery.load.lab.load.Generator;
import io.tracery.load.lab.load.OpenLoop;
import io.tracery.load.lab.report.Latency;
import io.tracery.load.lab.work.Work;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Latency at fixed rates, open loop, in turns with the backend alone: what a proxy adds is the difference. */
final class LatencyRuns implements Measurement {

    static final ObjectMapper JSON = new ObjectMapper();

    /** At most so many requests are open at once. */
    static final int CONCURRENT = 64;

    private static final int DISCARD_SECONDS = 1;
    private static final String ALONE = "";

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.startAll();
        for (Contender contender : session.principals()) {
            session.progress("warming up " + contender.name());
            session.work().load(session.target(contender), session.amounts().warmupSeconds());
        }
        for (int rate : session.amounts().rates()) {
            Map<String, List<Latency.Run>> runs = new LinkedHashMap<>();
            for (int round = 1; round <= session.amounts().rounds(); round++) {
                session.progress(rate + "/s, round " + round);
                runs.computeIfAbsent(ALONE, name -> new ArrayList<>())
                        .add(run(session, session.work().backends().getFirst(), List.of(), rate));
                for (Contender contender : session.principals()) {
                    runs.computeIfAbsent(contender.name(), name -> new ArrayList<>())
                            .add(run(session, contender.port(), contender.pids(), rate));
                }
            }
            List<Latency.Run> alone = Optional.ofNullable(runs.get(ALONE)).orElseThrow();
            Latency.writeAlone(at(session.baseline(), rate), alone);
            for (Contender contender : session.principals()) {
                Latency.write(
                        at(session.figures(contender), rate),
                        Optional.ofNullable(runs.get(contender.name())).orElseThrow(),
                        alone);
            }
        }
    }

    private static ObjectNode at(ObjectNode figures, int rate) {
        return figures.withObjectProperty("latency").putObject(Integer.toString(rate));
    }

    private static Latency.Run run(Session session, int port, List<Long> pids, int rate)
            throws IOException, InterruptedException {
        int seconds = session.amounts().seconds();
        try (Generator generator = Generator.start(
                OpenLoop.class, arguments(session.work(), port, rate, seconds + DISCARD_SECONDS, DISCARD_SECONDS))) {
            // "ready"
            generator.line();
            double cpu = ProcessTimes.cpuSeconds(pids);
            CoreTimes loadCore = CoreTimes.of(Ground.LOAD_CORE);
            JsonNode result = JSON.readTree(generator.line());
            return new Latency.Run(
                    result,
                    (ProcessTimes.cpuSeconds(pids) - cpu)
                            / result.path("answered").asDouble(),
                    CoreTimes.of(Ground.LOAD_CORE).since(loadCore).idleShare());
        }
    }

    static List<String> arguments(Work work, int port, int rate, int seconds, int discard) {
        return List.of(
                "--port",
                Integer.toString(port),
                "--ask",
                work.ask().label(),
                "--rate",
                Integer.toString(rate),
                "--seconds",
                Integer.toString(seconds),
                "--concurrent",
                Integer.toString(CONCURRENT),
                "--discard",
                Integer.toString(discard),
                "--rehearse",
                Integer.toString(work.backends().getLast()));
    }
}
