package io.tracery.load.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Open-loop HTTP/1.1 load at a fixed rate, a process of its own. Request <i>n</i> is due at <i>start + n / rate</i>, whatever
 * became of the ones before it, and its latency counts from then, not from when a connection was free for it: a proxy that
 * stalls is charged for every request that was due meanwhile (no coordinated omission). One thread, sleeping in between by
 * the kernel's timer, so that the backend on the same core has room.
 */
public final class OpenLoop {

    private static final Duration REACH_PATIENCE = Duration.ofSeconds(60);

    private OpenLoop() {}

    /**
     * Arguments: {@code --port}, {@code --rate} per second, {@code --seconds}, {@code --connections}, {@code --discard}
     * seconds at the beginning that do not count, {@code --rehearse} a port on which it makes itself warm first. Prints
     * {@code ready}, asks the target until that answers, then runs and prints one JSON object.
     */
    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        Plan rehearsal = new Plan(arguments.number("rehearse"), 5_000, 2, arguments.number("connections"), 0);
        Plan plan = new Plan(
                arguments.number("port"),
                arguments.number("rate"),
                arguments.number("seconds"),
                arguments.number("connections"),
                arguments.number("discard"));
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            run(group, rehearsal);
            Generator.tell("ready");
            reach(plan.port());
            OpenLoopResult result = run(group, plan);
            Generator.tell(result.json());
        } finally {
            group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    /**
     * @param rate requests per second, evenly spaced
     * @param connections at most so many requests are with the proxy at once; those that are due beyond wait, and their
     *     waiting counts
     * @param discard seconds at the beginning that do not count
     */
    public record Plan(int port, int rate, int seconds, int connections, int discard) {}

    /** Runs a plan to its end. */
    public static OpenLoopResult run(EventLoopGroup group, Plan plan) throws InterruptedException, IOException {
        Schedule schedule = new Schedule(group.next(), plan, bootstrap(group));
        return schedule.run();
    }

    private static Bootstrap bootstrap(EventLoopGroup group) {
        return new Bootstrap().group(group).channel(io.netty.channel.epoll.EpollSocketChannel.class);
    }

    /** Asks until the target answers with 200, as the first request of a fresh proxy would be. */
    public static void reach(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + REACH_PATIENCE.toNanos();
        while (!answers(port)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("port " + port + " did not answer with 200");
            }
            Thread.sleep(2);
        }
    }

    /** True when one request on a fresh connection is answered with 200. */
    public static boolean answers(int port) {
        try (java.net.Socket socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request());
            byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return new String(head, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    static byte[] request() {
        return String.join("\r\n", List.of("GET / HTTP/1.1", "Host: servers.lab", "User-Agent: tracery-lab", "", ""))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
