package io.tracery.load.mesh;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of our processes as a process, so that it can be killed without a word of farewell. It runs with this JVM's class path. */
public final class AppProcess implements AutoCloseable {

    private final Class<?> app;
    private final Path config;
    private final Path log;
    private @Nullable Process process;

    /**
     * @param app its main class
     * @param config its configuration file
     * @param log what it prints is appended to this
     */
    public AppProcess(Class<?> app, Path config, Path log) {
        this.app = app;
        this.config = config;
        this.log = log;
    }

    /** Starts it, or starts it again; does not wait until it is ready. */
    public void start() throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        app.getName(),
                        "--config",
                        config.toString()))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Everything it has printed. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** As {@code kill -9} does; returns when it is gone. */
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
