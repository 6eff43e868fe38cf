package io.tracery.controlplane.tap;

import io.grpc.stub.ServerCallStreamObserver;
import io.tracery.controlplane.api.TapRules;
import io.tracery.controlplane.api.tap.End;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Progress;
import io.tracery.controlplane.api.tap.Seen;
import io.tracery.controlplane.api.tap.Started;
import io.tracery.controlplane.api.tap.Status;
import io.tracery.controlplane.api.tap.WatchEvent;
import io.tracery.controlplane.api.tap.WatchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One who watches, and the sidecars that look for them. It holds nothing back: what the watcher's connection has no room for
 * is dropped and counted. Any thread; times are {@link System#nanoTime}.
 */
final class Watch {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long STATUS_AT_LEAST_EVERY = Duration.ofSeconds(5).toNanos();
    private static final long LOOKING_BACK_TAKES = Duration.ofSeconds(3).toNanos();
    private static final int MOST_NOTES = 8;

    private final long id;
    private final WatchRequest request;
    private final TapToken token;
    private final ServerCallStreamObserver<WatchEvent> watcher;
    private final long startNanos;

    // All guarded by this.
    private final Map<Attendee, Progress> progress = new LinkedHashMap<>();
    private final Map<Attendee, Boolean> here = new LinkedHashMap<>();
    private boolean begun;
    private long sent;
    private long droppedRate;
    private long droppedSlow;
    private long secondNanos;
    private int inSecond;
    private Status told = Status.getDefaultInstance();
    private long toldNanos;
    private String endedBecause = "";

    Watch(long id, WatchRequest request, TapToken token, ServerCallStreamObserver<WatchEvent> watcher, long nowNanos) {
        this.id = id;
        this.request = request;
        this.token = token;
        this.watcher = watcher;
        this.startNanos = nowNanos;
        this.secondNanos = nowNanos;
        this.toldNanos = nowNanos;
    }

    TapToken token() {
        return token;
    }

    WatchRequest request() {
        return request;
    }

    boolean wants(Attendee attendee) {
        return TapToken.matches(request.getWorkload(), attendee.workload()) && token.covers(attendee.workload());
    }

    /**
     * Tells the watcher whom it watches, and those that somebody does.
     *
     * @param connected all that are there; asked while nobody can join
     */
    synchronized void start(Supplier<Collection<Attendee>> connected) {
        begun = true;
        List<Attendee> attendees = connected.get().stream().filter(this::wants).toList();
        Started.Builder started = Started.newBuilder().setToken(token.name());
        attendees.forEach(attendee -> started.addSidecars(attendee.described()));
        watcher.onNext(WatchEvent.newBuilder().setStarted(started).build());
        attendees.forEach(attendee -> add(attendee, request.getSinceMillis()));
    }

    /** A sidecar that came later. It is not asked for what was before: who lost its connection has told that already. */
    synchronized void joined(Attendee attendee) {
        if (begun && endedBecause.isEmpty() && request.getFollow() && !progress.containsKey(attendee)) {
            add(attendee, 0);
        }
    }

    private void add(Attendee attendee, int sinceMillis) {
        progress.put(attendee, Progress.getDefaultInstance());
        here.put(attendee, true);
        attendee.look(Look.newBuilder()
                .setWatch(id)
                .setFilter(request.getFilter())
                .setSinceMillis(sinceMillis)
                .setFollow(request.getFollow())
                .setPerSecond(request.getPerSecond())
                .build());
    }

    /** A sidecar has gone; what it told stays told. */
    synchronized void left(Attendee attendee) {
        here.computeIfPresent(attendee, (any, was) -> false);
    }

    synchronized void found(Attendee attendee, List<String> exchanges) {
        Progress of = progress.get(attendee);
        if (of == null || !endedBecause.isEmpty()) {
            return;
        }
        for (String json : exchanges) {
            if (!withinRate(of.getLookedBack())) {
                droppedRate++;
            } else if (!watcher.isReady()) {
                droppedSlow++;
            } else {
                sent++;
                watcher.onNext(WatchEvent.newBuilder()
                        .setSeen(Seen.newBuilder()
                                .setSidecar(attendee.described())
                                .setJson(json))
                        .build());
                if (sent == request.getLimit()) {
                    end("limit", sent + " exchanges were shown, as many as were asked for");
                    return;
                }
            }
        }
    }

    /** The past may come all at once. */
    private boolean withinRate(boolean lookedBack) {
        int seconds = lookedBack ? 1 : TapRules.LOOK_BACK_SECONDS;
        return inSecond++ < request.getPerSecond() * seconds;
    }

    synchronized void progress(Attendee attendee, Progress now) {
        progress.computeIfPresent(attendee, (any, before) -> now);
    }

    /** To be called a few times a second. */
    synchronized void tick(long nowNanos) {
        if (!begun || !endedBecause.isEmpty()) {
            return;
        }
        if (nowNanos - secondNanos >= SECOND) {
            secondNanos = nowNanos;
            inSecond = 0;
        }
        Status status = status(nowNanos);
        boolean turned = status.getLookedBack() && !told.getLookedBack();
        long since = nowNanos - toldNanos;
        if (turned || (since >= SECOND && !status.equals(told)) || since >= STATUS_AT_LEAST_EVERY) {
            tell(status, nowNanos);
        }
        if (status.getLookedBack() && !request.getFollow()) {
            end("looked_back", "the past was shown, as far as it is remembered");
        }
    }

    private void tell(Status status, long nowNanos) {
        told = status;
        toldNanos = nowNanos;
        watcher.onNext(WatchEvent.newBuilder().setStatus(status).build());
    }

    synchronized Status status(long nowNanos) {
        Status.Builder status = Status.newBuilder();
        boolean lookedBack = true;
        for (Map.Entry<Attendee, Progress> entry : progress.entrySet()) {
            Progress one = entry.getValue();
            boolean connected = here.getOrDefault(entry.getKey(), false);
            status.setSidecars(status.getSidecars() + (connected ? 1 : 0))
                    .setExamined(status.getExamined() + one.getExamined())
                    .setMatched(status.getMatched() + one.getMatched())
                    .setDroppedRate(status.getDroppedRate() + one.getDroppedRate())
                    .setDroppedSlow(status.getDroppedSlow() + one.getDroppedSlow())
                    .setMissed(status.getMissed() + one.getMissed());
            lookedBack &= one.getLookedBack() || !connected;
            if (!one.getNote().isEmpty() && status.getNotesCount() < MOST_NOTES) {
                status.addNotes(entry.getKey().name() + " " + one.getNote());
            }
        }
        status.setLookedBack(lookedBack || nowNanos - startNanos >= LOOKING_BACK_TAKES)
                .setDroppedRate(status.getDroppedRate() + droppedRate)
                .setDroppedSlow(status.getDroppedSlow() + droppedSlow)
                .setSent(sent);
        // Exchanges come sooner than the counts of them.
        long accounted = sent + status.getDroppedRate() + status.getDroppedSlow();
        status.setMatched(Math.max(status.getMatched(), accounted));
        return status.setExamined(Math.max(status.getExamined(), status.getMatched()))
                .build();
    }

    /** Tells the watcher why it is over, after how it stands. Does nothing the second time. */
    synchronized void end(String reason, String message) {
        if (!endedBecause.isEmpty()) {
            return;
        }
        tell(status(System.nanoTime()), System.nanoTime());
        watcher.onNext(WatchEvent.newBuilder()
                .setEnd(End.newBuilder().setReason(reason).setMessage(message))
                .build());
        over(reason);
        watcher.onCompleted();
    }

    /** The watcher has gone by itself. */
    synchronized void over(String reason) {
        if (endedBecause.isEmpty()) {
            endedBecause = reason;
            stopping().forEach(attendee -> attendee.stop(id));
        }
    }

    private List<Attendee> stopping() {
        List<Attendee> connected = new ArrayList<>();
        here.forEach((attendee, isHere) -> {
            if (isHere) {
                connected.add(attendee);
            }
        });
        return connected;
    }

    /** Why it is over; empty while it is not. */
    synchronized String endedBecause() {
        return endedBecause;
    }

    long startNanos() {
        return startNanos;
    }
}
