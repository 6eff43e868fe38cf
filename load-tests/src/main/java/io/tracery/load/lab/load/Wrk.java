package io.tracery.load.lab.load;

import io.tracery.load.lab.host.Commands;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Saturated HTTP/1.1 by wrk, closed loop: it says what a request costs, not how long one waits. */
public final class Wrk {

    private static final Pattern SUMMARY = Pattern.compile("(\\d+) requests in ([\\d.]+)(ms|s|m)");
    private static final Pattern STATUS_ERRORS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern SOCKET_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    private Wrk() {}

    public static Outcome run(int port, int connections, int seconds) throws IOException, InterruptedException {
        return parse(Commands.output(
                List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "http://127.0.0.1:" + port + "/")));
    }

    static Outcome parse(String output) {
        Matcher summary = SUMMARY.matcher(output);
        if (!summary.find()) {
            throw new IllegalArgumentException("wrk printed no summary: " + output);
        }
        double unit = switch (summary.group(3)) {
            case "ms" -> 0.001;
            case "m" -> 60;
            default -> 1;
        };
        long errors = 0;
        Matcher status = STATUS_ERRORS.matcher(output);
        if (status.find()) {
            errors += Long.parseLong(status.group(1));
        }
        Matcher socket = SOCKET_ERRORS.matcher(output);
        if (socket.find()) {
            for (int group = 1; group <= socket.groupCount(); group++) {
                errors += Long.parseLong(socket.group(group));
            }
        }
        return new Outcome(Long.parseLong(summary.group(1)), errors, Double.parseDouble(summary.group(2)) * unit);
    }
}
