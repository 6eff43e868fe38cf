package io.tracery.proxy.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.proxy.telemetry.RecentSpans.Remembered;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks at single exchanges, back as far as they are remembered and forward as they end: everything that their spans say, as
 * JSON. Any thread that may wait.
 */
public final class Tap {

    /** How often it is worth to look for news. */
    public static final long LOOK_AGAIN_MILLIS = 50;

    private final RecentSpans recent;
    private final List<String> recordedHeaders;

    /** @param recordedHeaders names of the request headers that spans carry, in lower case */
    Tap(RecentSpans recent, List<String> recordedHeaders) {
        this.recent = recent;
        this.recordedHeaders = recordedHeaders;
    }

    /** Names of the request headers that exchanges are remembered with, in lower case. */
    public List<String> recordedHeaders() {
        return recordedHeaders;
    }

    /**
     * An exchange that ended.
     *
     * @param number counts from 0
     */
    public record Seen(long number, List<Span> spans) {

        public boolean matches(TapFilter filter) {
            return filter.matches(spans.getFirst());
        }

        /** Unix time. */
        public long endEpochNanos() {
            return spans.getFirst().getEndTimeUnixNano();
        }

        /** All that its spans say. */
        public String json() {
            return TapJson.of(spans);
        }
    }

    /** The number that the next exchange will have. */
    public long next() {
        return recent.next();
    }

    /**
     * Those that are remembered from a number on, the oldest first. Numbers that are left out are of exchanges that are forgotten.
     *
     * @param most that are taken
     */
    public List<Seen> from(long number, int most) {
        return recent.from(number, most).stream().map(Tap::seen).toList();
    }

    /**
     * The newest exchanges that match, the oldest of them first.
     *
     * @param from the number of the first exchange to look at: 0 for all that are remembered, else {@code next} of the last answer
     * @param most exchanges in one answer
     * @param patienceMillis how long to wait while none matches
     * @return {@code {"next": …, "missed": …, "exchanges": […]}}; {@code missed} counts those from {@code from} on that are
     *     forgotten, or were more than {@code most}
     */
    public String look(TapFilter filter, long from, int most, long patienceMillis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        Found found = new Found(from, most);
        while (true) {
            long before = recent.next();
            // What was looked at and does not match is not decoded again, however long the wait.
            from(found.next, Integer.MAX_VALUE).forEach(one -> found.see(one, filter));
            found.seenUpTo(before);
            if (!found.exchanges.isEmpty() || System.nanoTime() - end >= 0) {
                return TapJson.page(found.next, found.missed, found.exchanges);
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private static final class Found {
        private final ArrayDeque<List<Span>> exchanges = new ArrayDeque<>();
        private final int most;
        private long next;
        private long missed;

        Found(long from, int most) {
            this.next = from;
            this.most = most;
        }

        /** Whoever asks for all that is remembered misses nothing that came before. */
        void seenUpTo(long number) {
            if (number > next) {
                missed += next == 0 ? 0 : number - next;
                next = number;
            }
        }

        void see(Seen one, TapFilter filter) {
            seenUpTo(one.number());
            next = one.number() + 1;
            if (one.matches(filter)) {
                exchanges.add(one.spans());
                if (exchanges.size() > most) {
                    exchanges.removeFirst();
                    missed++;
                }
            }
        }
    }

    private static Seen seen(Remembered one) {
        try {
            return new Seen(one.number(), ScopeSpans.parseFrom(one.spans()).getSpansList());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("spans that this proxy encoded cannot be read", e);
        }
    }
}
