package io.tracery.load.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Open-loop load at a fixed rate, a process of its own. Request <i>n</i> is due at <i>start + n / rate</i>, whatever
 * became of the ones before it, and its latency counts from then, not from when there was room for it: a proxy that
 * stalls is charged for every request that was due meanwhile (no coordinated omission). One thread, sleeping in between by
 * the kernel's timer, so that the backend on the same core has room.
 */
public final class OpenLoop {

    private static final Duration REACH_PATIENCE = Duration.ofSeconds(60);

    private OpenLoop() {}

    /**
     * Arguments: {@code --port}, {@code --ask} {@link Ask}, {@code --rate} per second, {@code --seconds}, {@code --concurrent}
     * requests at most, {@code --discard} seconds at the beginning that do not count, {@code --rehearse} a port on which it makes itself warm first. Prints
     * {@code ready}, asks the target until that answers, then runs and prints one JSON object.
     */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        Ask ask = Ask.labelled(arguments.text("ask"));
        Plan rehearsal = new Plan(arguments.number("rehearse"), ask, 5_000, 2, arguments.number("concurrent"), 0);
        Plan plan = new Plan(
                arguments.number("port"),
                ask,
                arguments.number("rate"),
                arguments.number("seconds"),
                arguments.number("concurrent"),
                arguments.number("discard"));
        EventLoopGroup group = group();
        try {
            run(group, rehearsal);
            Generator.tell("ready");
            reach(group, plan.port(), ask);
            OpenLoopResult result = run(group, plan);
            Generator.tell(result.json());
        } finally {
            end(group);
        }
    }

    private static EventLoopGroup group() {
        return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    private static void end(EventLoopGroup group) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /**
     * @param rate requests per second, evenly spaced
     * @param concurrent at most so many requests are with the proxy at once; those that are due beyond wait, and their
     *     waiting counts
     * @param discard seconds at the beginning that do not count
     */
    public record Plan(int port, Ask ask, int rate, int seconds, int concurrent, int discard) {}

    /** Runs a plan to its end. */
    public static OpenLoopResult run(EventLoopGroup group, Plan plan) throws InterruptedException, IOException {
        Schedule schedule = new Schedule(group.next(), plan, bootstrap(group));
        return schedule.run();
    }

    private static Bootstrap bootstrap(EventLoopGroup group) {
        return new Bootstrap().group(group).channel(io.netty.channel.epoll.EpollSocketChannel.class);
    }

    /** Asks until the target answers with 200, as the first request of a fresh proxy would be. */
    public static void reach(int port, Ask ask) throws IOException, InterruptedException {
        EventLoopGroup group = group();
        try {
            reach(group, port, ask);
        } finally {
            end(group);
        }
    }

    private static void reach(EventLoopGroup group, int port, Ask ask) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + REACH_PATIENCE.toNanos();
        while (!answers(group, port, ask)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("port " + port + " did not answer with 200");
            }
            Thread.sleep(2);
        }
    }

    /** True when one request on a fresh connection is answered with 200. */
    private static boolean answers(EventLoopGroup group, int port, Ask ask) throws InterruptedException {
        try {
            return run(group, new Plan(port, ask, 1, 1, 1, 0)).errors() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    static byte[] request() {
        return String.join("\r\n", List.of("GET / HTTP/1.1", "Host: servers.lab", "User-Agent: tracery-lab", "", ""))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
