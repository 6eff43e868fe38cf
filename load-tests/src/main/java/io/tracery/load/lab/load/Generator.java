package io.tracery.load.lab.load;

import io.tracery.load.lab.host.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One of our own generators in a JVM of its own, whose collector has nothing to do while it runs. */
public final class Generator implements AutoCloseable {

    /** Marks a generator's own lines, among what libraries log. */
    private static final String MARK = "lab: ";

    private final Process process;
    private final BufferedReader output;

    private Generator(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static Generator start(Class<?> program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Commands.java(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-Xms1g",
                "-Xmn800m",
                "-XX:+AlwaysPreTouch",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.handler.ssl.openssl.sessionCacheClient=false",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        return new Generator(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** In the generator: a line for the lab. */
    static void tell(String line) {
        System.out.println(MARK + line);
    }

    /** The next line that it tells. */
    public String line() throws IOException, InterruptedException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(MARK)) {
                return line.substring(MARK.length());
            }
        }
        throw new IOException("a load generator ended with status " + process.waitFor());
    }

    /** Tells it to end by closing its input. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
