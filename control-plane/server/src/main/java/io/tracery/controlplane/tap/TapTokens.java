package io.tracery.controlplane.tap;

import io.tracery.process.ConfigException;
import io.tracery.process.ConfigReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that are good now: those of a file, which is read again when it changed, and one that this process made. A file
 * that is gone withdraws its tokens; one that makes no sense any more leaves those in force that were read last.
 */
public final class TapTokens {

    private static final Logger log = LoggerFactory.getLogger(TapTokens.class);
    private static final Duration LEAST_TIME_BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int MOST_CHARACTERS = 1024;

    private final @Nullable Path file;
    private final @Nullable TapToken own;
    private final Clock clock;

    // Guarded by this.
    private List<TapToken> fromFile = List.of();
    private @Nullable Version version;
    private Instant lookedAt = Instant.MIN;

    /** The file as a person writes it. */
    record TokenFile(List<TapToken> tokens) {
        TokenFile {
            tokens = tokens == null ? List.of() : List.copyOf(tokens);
        }
    }

    private record Version(FileTime modified, long bytes) {}

    /**
     * @param file null where there is none
     * @param ownToken one that is good for everything, null where there is none
     * @throws ConfigException when the file cannot be read or makes no sense
     */
    public TapTokens(@Nullable Path file, @Nullable String ownToken, Clock clock) {
        this.file = file;
        this.clock = clock;
        this.own = ownToken == null
                ? null
                : new TapToken("local", HexFormat.of().formatHex(sha256(ownToken)), List.of("*"), null);
        if (file != null) {
            fromFile = ConfigReader.read(file, TokenFile.class).tokens();
        }
    }

    /** Whether there could be any. */
    boolean configured() {
        return file != null || own != null;
    }

    /** Whose token this is; takes the same time whichever it is, or none. */
    Optional<TapToken> find(String presented) {
        if (presented.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        byte[] digest = sha256(presented);
        TapToken found = null;
        for (TapToken token : all()) {
            if (MessageDigest.isEqual(digest, token.digest()) && !token.expired(clock.instant())) {
                found = token;
            }
        }
        return Optional.ofNullable(found);
    }

    /** Whether a token that was found is still as it was. */
    boolean good(TapToken token) {
        return all().contains(token) && !token.expired(clock.instant());
    }

    private synchronized List<TapToken> all() {
        look();
        List<TapToken> all = new ArrayList<>(fromFile);
        if (own != null) {
            all.add(own);
        }
        return all;
    }

    private void look() {
        Instant now = clock.instant();
        if (file == null || now.isBefore(lookedAt.plus(LEAST_TIME_BETWEEN_LOOKS))) {
            return;
        }
        lookedAt = now;
        try {
            Version found = new Version(Files.getLastModifiedTime(file), Files.size(file));
            if (!found.equals(version)) {
                fromFile = ConfigReader.read(file, TokenFile.class).tokens();
                version = found;
                log.info("{} tap tokens are in force, read from {}", fromFile.size(), file);
            }
        } catch (NoSuchFileException e) {
            fromFile = List.of();
            version = null;
        } catch (IOException | ConfigException e) {
            log.warn("the tap tokens in {} cannot be read, the last ones stay in force: {}", file, e.getMessage());
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
