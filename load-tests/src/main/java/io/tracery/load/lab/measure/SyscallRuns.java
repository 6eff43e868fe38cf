package io.tracery.load.lab.measure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.host.Syscalls;
import io.tracery.load.lab.load.Outcome;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;

/** System calls per request: a short saturated run under strace, whose other figures mean nothing. */
final class SyscallRuns implements Measurement {

    private static final int SECONDS = 4;
    private static final int LISTED = 6;

    @Override
    public void run(Session session) throws IOException, InterruptedException {
        session.startAll();
        for (Contender contender : session.principals()) {
            session.progress("counting system calls: " + contender.name());
            Outcome[] outcome = new Outcome[1];
            Map<String, Long> calls = Syscalls.during(
                    contender.pids(),
                    session.ground().directory(),
                    () -> outcome[0] = session.work().load(session.target(contender), SECONDS));
            double units = outcome[0].units();
            ObjectNode figures = session.figures(contender).putObject("syscalls");
            figures.put(
                    "per_request",
                    calls.values().stream().mapToLong(Long::longValue).sum() / units);
            ObjectNode by = figures.putObject("most");
            calls.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                    .limit(LISTED)
                    .forEach(call -> by.put(call.getKey(), call.getValue() / units));
        }
    }
}
