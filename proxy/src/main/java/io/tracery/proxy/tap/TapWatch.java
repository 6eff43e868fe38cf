package io.tracery.proxy.tap;

import io.tracery.controlplane.api.TapRules;
import io.tracery.controlplane.api.tap.Found;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Progress;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.proxy.telemetry.Tap;
import io.tracery.proxy.telemetry.TapFilter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to look at exchanges: turn by turn it says what is to be told, within its rate, and counts the rest. Confined
 * to one thread.
 */
final class TapWatch {

    /** What is examined in one turn: at twenty turns a second, ten thousand exchanges. */
    private static final int MOST_A_TURN = 512;

    private static final int MOST_IN_MESSAGE = 64;
    private static final int MOST_CHARACTERS = 128 * 1024;
    private static final long TELL_NANOS = Duration.ofSeconds(1).toNanos();

    /** Takes a message, or says that there is no room for it. */
    interface Out {
        boolean offer(SidecarMessage message) throws InterruptedException;
    }

    private final Tap tap;
    private final Look look;
    private final @Nullable TapFilter filter;
    private final InstantSource clock;
    private final int perSecond;
    private final Progress.Builder progress = Progress.newBuilder();

    private long next;
    private boolean changed = true;
    private long toldNanos;
    private long secondNanos;
    private int inSecond;

    TapWatch(Look look, Tap tap, InstantSource clock) {
        this.look = look;
        this.tap = tap;
        this.clock = clock;
        this.perSecond = Math.clamp(look.getPerSecond(), 1, TapRules.MOST_PER_SECOND);
        this.next = look.getSinceMillis() == 0 ? tap.next() : 0;
        progress.setWatch(look.getWatch());
        this.filter = filter();
    }

    private @Nullable TapFilter filter() {
        try {
            TapFilter made = new TapFilter(look.getFilter());
            if (!made.header().isEmpty() && !tap.recordedHeaders().contains(made.header())) {
                progress.setNote("does not record the request header " + made.header() + "; it records "
                        + (tap.recordedHeaders().isEmpty() ? "none" : String.join(", ", tap.recordedHeaders())));
            }
            return made;
        } catch (IllegalArgumentException e) {
            progress.setNote("refuses the filter: " + e.getMessage());
            return null;
        }
    }

    /** Looks, and tells. False when there is nothing more to come. */
    boolean turn(long nowNanos, Out out) throws InterruptedException {
        if (filter == null) {
            progress.setLookedBack(true);
        } else if (progress.getLookedBack()) {
            lookForward(filter, nowNanos, out);
        } else {
            lookBack(filter, out);
        }
        boolean over = filter == null || !look.getFollow();
        if (changed && (over || nowNanos - toldNanos >= TELL_NANOS || toldNanos == 0)) {
            toldNanos = nowNanos;
            changed =
                    !out.offer(SidecarMessage.newBuilder().setProgress(progress).build());
        }
        return !over;
    }

    private void lookBack(TapFilter wanted, Out out) throws InterruptedException {
        long since = TimeUnit.MILLISECONDS.toNanos(clock.millis() - look.getSinceMillis());
        ArrayDeque<Tap.Seen> matching = new ArrayDeque<>();
        int most = perSecond * TapRules.LOOK_BACK_SECONDS;
        for (Tap.Seen seen : tap.from(next, Integer.MAX_VALUE)) {
            next = seen.number() + 1;
            if (seen.endEpochNanos() >= since && examined(seen, wanted)) {
                matching.add(seen);
                if (matching.size() > most) {
                    matching.removeFirst();
                    progress.setDroppedRate(progress.getDroppedRate() + 1);
                }
            }
        }
        tell(matching, out);
        progress.setLookedBack(true);
    }

    private void lookForward(TapFilter wanted, long nowNanos, Out out) throws InterruptedException {
        if (nowNanos - secondNanos >= TELL_NANOS) {
            secondNanos = nowNanos;
            inSecond = 0;
        }
        ArrayDeque<Tap.Seen> matching = new ArrayDeque<>();
        for (Tap.Seen seen : tap.from(next, MOST_A_TURN)) {
            if (seen.number() > next) {
                progress.setMissed(progress.getMissed() + seen.number() - next);
            }
            next = seen.number() + 1;
            if (!examined(seen, wanted)) {
                continue;
            }
            if (inSecond < perSecond) {
                inSecond++;
                matching.add(seen);
            } else {
                progress.setDroppedRate(progress.getDroppedRate() + 1);
            }
        }
        tell(matching, out);
    }

    private boolean examined(Tap.Seen seen, TapFilter wanted) {
        progress.setExamined(progress.getExamined() + 1);
        changed = true;
        boolean matches = seen.matches(wanted);
        if (matches) {
            progress.setMatched(progress.getMatched() + 1);
        }
        return matches;
    }

    private void tell(Queue<Tap.Seen> matching, Out out) throws InterruptedException {
        while (!matching.isEmpty()) {
            List<String> batch = new ArrayList<>();
            int characters = 0;
            while (!matching.isEmpty() && batch.size() < MOST_IN_MESSAGE && characters < MOST_CHARACTERS) {
                String json = matching.remove().json();
                characters += json.length();
                batch.add(json);
            }
            Found found = Found.newBuilder()
                    .setWatch(look.getWatch())
                    .addAllJson(batch)
                    .build();
            if (!out.offer(SidecarMessage.newBuilder().setFound(found).build())) {
                progress.setDroppedSlow(progress.getDroppedSlow() + batch.size());
            }
        }
    }
}
