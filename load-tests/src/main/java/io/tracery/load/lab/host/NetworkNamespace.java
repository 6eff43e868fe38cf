package io.tracery.load.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network of the lab's own, in which the kernel remembers of every connection where it was going (SO_ORIGINAL_DST). It
 * ends with the last process in it. Everything that is measured stands in it, so that all pay alike.
 */
public final class NetworkNamespace {

    /** What it takes to make one. */
    public static final List<String> PROGRAMS = List.of("unshare", "ip", "iptables");

    /** In the environment of what has been run again: which namespace it came from. */
    private static final String LEFT = "TRACERY_LAB_LEFT_NAMESPACE";

    /** All of this network is this machine's, as the addresses of its pods are a node's. */
    private static final String PODS = "10.27.0.1/16";

    private static final Path TIME_WAIT = Path.of("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait");

    private NetworkNamespace() {}

    /** True where this process has been run by {@link #rerun}. */
    public static boolean inside() {
        String left = System.getenv(LEFT);
        return left != null && !left.equals(current());
    }

    private static String current() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("the kernel does not say in which network this is", e);
        }
    }

    /** The address of the pod that owns a port. It is none of loopback's, to which a proxy may refuse to connect. */
    public static String pod(int port) {
        return "10.27." + (port >> 8) + "." + (port & 0xff);
    }

    /**
     * @throws IOException where this process may not make one
     */
    public static void require() throws IOException {
        if (!System.getProperty("user.name").equals("root")) {
            throw new IOException("a network namespace of the lab's own needs root privileges; run the lab as root");
        }
    }

    /** Runs this process's own command once more, in a new namespace, and answers how it ended. */
    public static int rerun() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program("unshare"), "--net", "--"));
        command.addAll(commandLine(Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8)));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(LEFT, current());
        Process process = builder.start();
        // Whoever ends this ends that, which ends what it started.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "end the namespace"));
        return process.waitFor();
    }

    static List<String> commandLine(String procfs) {
        return Arrays.asList(procfs.split("\0"));
    }

    private static void end(Process process) {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes the new namespace that this process is in fit to live in. */
    public static void furnish() throws IOException, InterruptedException {
        Commands.output(List.of(program("ip"), "link", "set", "lo", "up"));
        Commands.output(List.of(program("ip"), "address", "add", PODS, "dev", "lo"));
        // It has no target. The kernel follows connections only where some rule asks for what it knows of them.
        Commands.output(List.of(program("iptables"), "--append", "INPUT", "--match", "conntrack", "--ctstate", "NEW"));
        // Not two minutes: there is room for some 200,000 connections, and some works open thousands a second.
        Files.writeString(TIME_WAIT, "1");
    }

    private static String program(String name) {
        return Commands.find(name).orElse(Path.of(name)).toString();
    }
}
