package io.tracery.topology.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest payloads that could not be read as files, byte for byte up to a mebibyte, for whoever looks for their author. Not a
 * topic: on the mesh's topics only valid payloads may stand. Confined to the stream's thread.
 */
final class DeadLetters {

    static final int MAX_FILES = 32;
    private static final int MAX_BYTES = 1024 * 1024;
    private static final long LOG_EVERY_MILLIS = 10_000;
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final Path directory;
    private long lastLogged;
    private long unlogged;

    DeadLetters(Path directory) {
        this.directory = directory;
    }

    void keep(RecordMetadata origin, byte[] payload, Exception why, long nowMillis) {
        Path file = directory.resolve("%s-%d-%020d.bin".formatted(origin.topic(), origin.partition(), origin.offset()));
        try {
            Files.createDirectories(directory);
            Files.write(file, Arrays.copyOf(payload, Math.min(payload.length, MAX_BYTES)));
            deleteOldest();
        } catch (IOException | UncheckedIOException e) {
            log.warn("a payload that cannot be read could not be kept in {}", directory, e);
        }
        unlogged++;
        if (nowMillis - lastLogged >= LOG_EVERY_MILLIS) {
            log.warn(
                    "{} record(s) could not be read and were skipped; the newest is {} offset {} of partition {}, kept as {}",
                    unlogged,
                    origin.topic(),
                    origin.offset(),
                    origin.partition(),
                    file,
                    why);
            lastLogged = nowMillis;
            unlogged = 0;
        }
    }

    private void deleteOldest() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> oldestFirst = files.sorted(Comparator.comparingLong(DeadLetters::modified))
                    .toList();
            for (Path file : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - MAX_FILES))) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static long modified(Path file) {
        return file.toFile().lastModified();
    }
}
