package io.tracery.load.lab.load;

import io.tracery.load.lab.host.Commands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Saturated HTTP/2 with prior knowledge by h2load, closed loop, many streams on few connections. */
public final class H2load {

    private static final Pattern FINISHED = Pattern.compile("finished in ([\\d.]+)(us|ms|s|m)");
    private static final Pattern REQUESTS = Pattern.compile(
            "requests: \\d+ total, \\d+ started, \\d+ done, (\\d+) succeeded, (\\d+) failed, (\\d+) errored");
    private static final Pattern STATUS = Pattern.compile("status codes: (\\d+) 2xx");

    private H2load() {}

    /**
     * @param extra options of h2load for headers and body
     */
    public static Outcome run(int port, String path, Streams streams, int seconds, List<String> extra)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("h2load", "-t1", "-c" + streams.connections(), "-m" + streams.each(), "-D" + seconds));
        command.addAll(extra);
        command.add("http://127.0.0.1:" + port + path);
        return parse(Commands.output(command), seconds);
    }

    /** Concurrent streams: so many on each of so many connections. */
    public record Streams(int connections, int each) {}

    static Outcome parse(String output, int seconds) {
        Matcher finished = FINISHED.matcher(output);
        Matcher requests = REQUESTS.matcher(output);
        Matcher status = STATUS.matcher(output);
        if (!finished.find() || !requests.find() || !status.find()) {
            throw new IllegalArgumentException("h2load printed no summary: " + output);
        }
        long good = Long.parseLong(status.group(1));
        long failed = Long.parseLong(requests.group(2)) + Long.parseLong(requests.group(3));
        return new Outcome(good, failed + Math.max(0, Long.parseLong(requests.group(1)) - good), seconds);
    }
}
