package io.tracery.proxy.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that lines are appended to. It is opened anew when it was moved or removed, so that log rotation needs no signal;
 * while it cannot be written, lines are dropped and counted, and it is tried again. Confined to one thread.
 */
final class LineFile implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LineFile.class);

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int MOST_WAITING = 256 * 1024;

    private final Path path;
    private final Account account;
    private final StringBuilder waiting = new StringBuilder();

    private int lines;
    private @Nullable OutputStream out;
    private @Nullable Object fileKey;
    private boolean failing;
    private long nextLook = System.nanoTime();

    LineFile(String path, Account account) {
        this.path = Path.of(path);
        this.account = account;
    }

    /** Written at the next flush, or at once when much has gathered. The line was accepted by the account. */
    void add(CharSequence line) {
        waiting.append(line);
        lines++;
        if (waiting.length() > MOST_WAITING) {
            write();
        }
    }

    void flush(long nowNanos) {
        if (nowNanos - nextLook >= 0) {
            nextLook = nowNanos + LOOK_NANOS;
            look();
        }
        if (lines > 0) {
            write();
        }
    }

    /** Lets go of a file that is no longer the one at the path; opens it where there is none. */
    private void look() {
        try {
            if (out != null && !Files.exists(path)) {
                close();
            } else if (out != null) {
                Object key =
                        Files.readAttributes(path, BasicFileAttributes.class).fileKey();
                if (key != null && !key.equals(fileKey)) {
                    close();
                }
            }
            if (out == null) {
                out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                fileKey = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            }
            failing = false;
        } catch (IOException e) {
            failed(e);
        }
    }

    private void write() {
        OutputStream file = out;
        try {
            if (file != null) {
                file.write(waiting.toString().getBytes(StandardCharsets.UTF_8));
                account.export(lines);
            } else {
                account.drop(DropReason.UNREACHABLE, lines);
            }
        } catch (IOException e) {
            account.drop(DropReason.REJECTED, lines);
            failed(e);
            close();
        }
        waiting.setLength(0);
        lines = 0;
    }

    private void failed(IOException e) {
        if (!failing) {
            failing = true;
            log.warn("the access log cannot be written to {}; it is tried again each second: {}", path, e.toString());
        }
    }

    @Override
    public void close() {
        OutputStream file = out;
        out = null;
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                failed(e);
            }
        }
    }
}
