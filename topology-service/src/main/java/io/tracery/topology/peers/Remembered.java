package io.tracery.topology.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What others said lately, so that they are not asked at every turn. Any thread. */
final class Remembered<T> {

    private static final long KEEP_NANOS = Duration.ofSeconds(1).toNanos();

    /** Asks one of them. */
    interface Question<T> {
        T ask(String address) throws IOException;
    }

    private record Said<T>(T what, long nanos) {}

    private final Question<T> question;
    private final Map<String, Said<T>> said = new ConcurrentHashMap<>();

    Remembered(Question<T> question) {
        this.question = question;
    }

    /** What it said last, where it does not answer now; null where it never did. */
    @Nullable
    T of(String address) {
        Said<T> known = said.get(address);
        if (known != null && System.nanoTime() - known.nanos() < KEEP_NANOS) {
            return known.what();
        }
        try {
            T now = question.ask(address);
            said.put(address, new Said<>(now, System.nanoTime()));
            return now;
        } catch (IOException e) {
            return known == null ? null : known.what();
        }
    }
}
