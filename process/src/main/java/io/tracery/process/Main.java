package io.tracery.process;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of every process: parse, build, start, wait for a signal, close. */
public final class Main {

    /** Exit status for a wrong command line or configuration ({@code EX_USAGE} of BSD's sysexits). */
    public static final int EXIT_USAGE = 64;

    private static final int EXIT_FAILED = 1;
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /**
     * Runs a component that a configuration file describes, until TERM or INT. Does not return normally before that;
     * ends the JVM with 64 when the configuration is wrong and 1 when the component cannot start.
     *
     * @param args {@code --config FILE}
     */
    public static <R extends Record> void run(String[] args, Class<R> configType, Function<R, Component> build) {
        if (args.length != 2 || !args[0].equals("--config")) {
            exit(EXIT_USAGE, "usage: --config FILE");
            return;
        }
        R config;
        try {
            config = ConfigReader.read(Path.of(args[1]), configType);
        } catch (ConfigException e) {
            exit(EXIT_USAGE, e.getMessage());
            return;
        }
        run(build.apply(config));
    }

    /** Starts a component and keeps it until TERM or INT, then closes it. */
    public static void run(Component component) {
        CountDownLatch closed = new CountDownLatch(1);
        // The JVM lives until its shutdown hooks have returned, so the component is closed in one.
        Thread hook = Thread.ofPlatform().name("shutdown").unstarted(() -> {
            component.close();
            closed.countDown();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            component.start();
            log.info("{} started", component.name());
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.error("{} could not start", component.name(), e);
            exit(EXIT_FAILED, component.name() + " could not start: " + e.getMessage());
        }
    }

    private static void exit(int status, @Nullable String message) {
        System.err.println(message);
        System.exit(status);
    }
}
