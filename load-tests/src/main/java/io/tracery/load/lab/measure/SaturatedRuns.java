package io.tracery.load.lab.measure;

import io.tracery.load.lab.host.CoreTimes;
import io.tracery.load.lab.host.Memory;
import io.tracery.load.lab.host.ProcessTimes;
import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.report.Sample;
import io.tracery.load.lab.report.Saturated;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * As much load as each proxy takes. All stay running and take turns, round by round, so that the machine's moods meet all of
 * them alike; the order turns around from round to round.
 */
final class SaturatedRuns implements Measurement {

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.startAll();
        for (Contender contender : session.contenders()) {
            session.progress("warming up " + contender.name());
            warmUp(session, contender);
        }
        Map<Contender, List<Sample>> samples = new LinkedHashMap<>();
        Map<Contender, Double> peaks = new LinkedHashMap<>();
        session.contenders().forEach(contender -> samples.put(contender, new ArrayList<>()));
        for (int round = 1; round <= session.amounts().rounds(); round++) {
            List<Contender> order =
                    round % 2 == 1 ? session.contenders() : session.contenders().reversed();
            for (Contender contender : order) {
                session.progress("round " + round + ": " + contender.name());
                try (PeakMemory peak = PeakMemory.watch(contender.pids())) {
                    Optional.ofNullable(samples.get(contender)).orElseThrow().add(measure(session, contender));
                    peaks.merge(contender, peak.mebibytes(), Math::max);
                }
            }
        }
        for (Contender contender : session.contenders()) {
            var figures = session.figures(contender);
            Saturated.write(
                    figures.putObject("saturated"),
                    Optional.ofNullable(samples.get(contender)).orElseThrow(),
                    session.work().cost());
            Memory memory = Memory.of(contender.pids());
            figures.putObject("memory")
                    .put("processes", contender.sidecars().size())
                    .put("rss_mib", memory.rss())
                    .put("pss_mib", memory.pss())
                    .put("private_mib", memory.privately())
                    .put("peak_rss_mib", peaks.getOrDefault(contender, Double.NaN));
        }
    }

    /** In runs like those that count: how one ends, with all connections at once, is code that has to be compiled too. */
    private static void warmUp(Session session, Contender contender) throws IOException, InterruptedException {
        int run = session.amounts().seconds();
        for (int left = session.amounts().warmupSeconds(); left > 0; left -= run) {
            session.work().load(session.target(contender), Math.min(left, run));
        }
    }

    private static Sample measure(Session session, Contender contender) throws IOException, InterruptedException {
        double cpu = ProcessTimes.cpuSeconds(contender.pids());
        double kernel = ProcessTimes.kernelSeconds(contender.pids());
        CoreTimes proxyCore = CoreTimes.of(Ground.PROXY_CORE);
        CoreTimes loadCore = CoreTimes.of(Ground.LOAD_CORE);
        Outcome outcome =
                session.work().load(session.target(contender), session.amounts().seconds());
        return Sample.of(
                outcome,
                ProcessTimes.cpuSeconds(contender.pids()) - cpu,
                ProcessTimes.kernelSeconds(contender.pids()) - kernel,
                CoreTimes.of(Ground.PROXY_CORE).since(proxyCore),
                CoreTimes.of(Ground.LOAD_CORE).since(loadCore));
    }
}
