package io.tracery.controlplane.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A JWKS file that is read again when it changed, at most once a second. A file that cannot be read any more, or no longer
 * makes sense, leaves the keys in force that were read last.
 */
final class JwksFile {

    private static final Logger log = LoggerFactory.getLogger(JwksFile.class);
    private static final Duration LEAST_TIME_BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final long MOST_BYTES = 1 << 20;

    private final Path file;
    private final Clock clock;

    /** Guarded by this. */
    private JsonWebKeys keys;
    /** Guarded by this. */
    private Version version;
    /** Guarded by this. */
    private Instant lookedAt;

    /** What tells one content of the file from the next without reading it. */
    private record Version(
            FileTime modified, long bytes, @Nullable Object identity) {

        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }

    /** @throws IOException saying what is wrong with the file */
    JwksFile(Path file, Clock clock) throws IOException {
        this.file = file;
        this.clock = clock;
        this.lookedAt = clock.instant();
        try {
            this.version = Version.of(file);
            this.keys = read(version);
        } catch (IOException e) {
            throw new IOException("the JWKS file " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    synchronized JsonWebKeys keys() {
        Instant now = clock.instant();
        if (now.isBefore(lookedAt.plus(LEAST_TIME_BETWEEN_LOOKS))) {
            return keys;
        }
        lookedAt = now;
        try {
            Version found = Version.of(file);
            if (!Objects.equals(found, version)) {
                keys = read(found);
                version = found;
                log.info("Token keys read anew from {}", file);
            }
        } catch (IOException e) {
            log.warn("The JWKS file {} cannot be used, its last keys stay in force: {}", file, e.getMessage());
        }
        return keys;
    }

    private JsonWebKeys read(Version found) throws IOException {
        if (found.bytes() > MOST_BYTES) {
            throw new IOException("it has more than " + MOST_BYTES + " bytes");
        }
        return JsonWebKeys.parse(Files.readAllBytes(file));
    }
}
