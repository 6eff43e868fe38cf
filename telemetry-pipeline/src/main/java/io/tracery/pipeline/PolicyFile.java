package io.tracery.pipeline;

import io.tracery.pipeline.decide.Policies;
import io.tracery.process.Component;
import io.tracery.process.ConfigException;
import io.tracery.process.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is kept, as a file says, looked at once a second. A file that says nothing sensible must be mended before the start;
 * later on what it said before stays in force.
 */
final class PolicyFile implements Component, Supplier<Policies> {

    private static final Logger log = LoggerFactory.getLogger(PolicyFile.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final @Nullable Path file;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Policies policies = Policies.DEFAULT;
    private volatile FileTime read = FileTime.fromMillis(0);

    /** @param file null for the defaults */
    PolicyFile(@Nullable Path file) {
        this.file = file;
    }

    @Override
    public Policies get() {
        return policies;
    }

    @Override
    public String name() {
        return "keep-policies";
    }

    /** @throws ConfigException where the file says something that it may not */
    @Override
    public void start() throws IOException {
        if (file != null) {
            look(file);
            Thread.ofVirtual().name("keep-policies").start(() -> watch(file));
        }
    }

    /** When the file that it looked at last was changed. */
    FileTime read() {
        return read;
    }

    private void watch(Path watched) {
        try {
            while (!closing.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    look(watched);
                } catch (ConfigException e) {
                    log.error("what is kept stays as it was: {}", e.getMessage());
                } catch (RuntimeException | IOException e) {
                    // Whatever it is, the next file is looked at.
                    log.error("what is kept stays as it was", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Path watched) throws IOException {
        FileTime changed = Files.getLastModifiedTime(watched);
        if (changed.equals(read)) {
            return;
        }
        read = changed;
        try {
            policies = ConfigReader.read(watched, PolicySettings.class).policies();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(watched.toString(), List.of(String.valueOf(e.getMessage())));
        }
        log.info("what is kept: {}", policies);
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
