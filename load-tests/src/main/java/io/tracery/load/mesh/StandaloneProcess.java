package io.tracery.load.mesh;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The standalone process as a process, so that it can be killed: Kafka, the control plane, pipeline, search and topology
 * at once, without a word of farewell. It runs with this JVM's class path.
 */
final class StandaloneProcess implements AutoCloseable {

    private final Path config;
    private final Path log;
    private @Nullable Process process;

    /**
     * @param config its configuration file
     * @param log what it prints is appended to this
     */
    StandaloneProcess(Path config, Path log) {
        this.config = config;
        this.log = log;
    }

    /** Starts it, or starts it again; does not wait until it is ready. */
    void start() throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.tracery.standalone.StandaloneApp",
                        "--config",
                        config.toString()))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Everything it has printed. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** As {@code kill -9} does; returns when it is gone. */
    void kill() throws InterruptedException {
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
