package io.tracery.pipeline.decide;

import io.tracery.pipeline.decide.Facts.Sighting;
import io.tracery.tracing.sample.ProbabilitySampler;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which traces are kept: the first reason that is true, if there is room. It learns from every trace it is asked
 * about what is usual. Confined to one thread.
 */
public final class Judge {

    /** Names of endpoints and edges that are remembered; the rest is as if seen for the first time. */
    private static final int MOST_NAMES = 10_000;

    private final Supplier<Policies> policies;
    private final Recent<Endpoint> endpoints = new Recent<>(MOST_NAMES);
    private final Recent<Boolean> edges = new Recent<>(MOST_NAMES);
    private final Budget budget = new Budget();

    private Policies current = Policies.DEFAULT;
    private ProbabilitySampler share = ProbabilitySampler.of(current.share());

    private static final class Endpoint {
        private final RollingLatency latency;
        /** Traces that may still be kept for the floor, at most one second's. */
        private double floor;

        private long floorMillis;

        Endpoint(long nowMillis) {
            latency = new RollingLatency(nowMillis);
            floorMillis = nowMillis;
            floor = 1;
        }

        boolean floorReached(double perSecond, long nowMillis) {
            double most = Math.max(1, perSecond);
            floor = Math.min(most, floor + Math.max(0, nowMillis - floorMillis) * perSecond / 1000);
            floorMillis = Math.max(floorMillis, nowMillis);
            if (perSecond == 0 || floor < 1) {
                return true;
            }
            floor--;
            return false;
        }
    }

    /** What the sightings of one trace tell together. */
    private record Noticed(boolean slow, boolean firstSeen, boolean belowFloor) {}

    /** @param policies asked for each trace: they may change at any time */
    public Judge(Supplier<Policies> policies) {
        this.policies = policies;
    }

    /**
     * @param traceIdLow the last 8 bytes of its id: chance, and the same chance for everyone who decides about it
     * @param nowMillis a clock that may stand still but not go back
     */
    public Verdict judge(Facts facts, long traceIdLow, long nowMillis) {
        adopt(policies.get());
        Reason reason = reason(facts, notice(facts, nowMillis), traceIdLow);
        if (reason == null) {
            return Verdict.NOT_KEPT;
        }
        return verdict(reason, facts, nowMillis);
    }

    private Verdict verdict(Reason reason, Facts facts, long nowMillis) {
        boolean shown = shows(facts);
        return new Verdict(reason, isRoom(reason, facts.bytes(), shown, nowMillis), shown);
    }

    private boolean shows(Facts facts) {
        return current.looksFor(Reason.EXEMPLAR) && facts.has(Reason.EXEMPLAR);
    }

    /** A metric that shows a trace must not lead to nothing, nor to half: there is always room for it, and all else pays for that. */
    private boolean isRoom(Reason reason, long bytes, boolean shown, long nowMillis) {
        boolean room = budget.admits(reason, bytes, current.bytesPerSecond(), nowMillis);
        if (!room && shown) {
            budget.takes(bytes, current.bytesPerSecond());
        }
        return room || shown;
    }

    /** About one that was not kept, when more of it comes: what is usual has been learned from it already. */
    public Verdict reconsider(Facts facts, long nowMillis) {
        adopt(policies.get());
        for (Reason reason : Reason.values()) {
            if (current.looksFor(reason) && facts.has(reason)) {
                return verdict(reason, facts, nowMillis);
            }
        }
        return Verdict.NOT_KEPT;
    }

    /** About more of a trace that was kept: half of a trace is of less use than another one is. */
    public Verdict follow(Verdict before, Facts more, long nowMillis) {
        adopt(policies.get());
        boolean shown = before.shown() || shows(more);
        boolean room = more.bytes() == 0 || isRoom(Reason.ERROR, more.bytes(), shown, nowMillis);
        return new Verdict(before.reason(), room, shown);
    }

    private void adopt(Policies newer) {
        if (!newer.equals(current)) {
            current = newer;
            share = ProbabilitySampler.of(newer.share());
        }
    }

    private @Nullable Reason reason(Facts facts, Noticed noticed, long traceIdLow) {
        for (Reason reason : Reason.values()) {
            boolean speaks = switch (reason) {
                case ERROR, INTERVENED, MARKED, EXEMPLAR -> facts.has(reason);
                case SLOW -> noticed.slow;
                case FIRST_SEEN -> noticed.firstSeen;
                case FLOOR -> noticed.belowFloor;
                case SHARE -> share.keeps(traceIdLow);
            };
            if (speaks && current.looksFor(reason)) {
                return reason;
            }
        }
        return null;
    }

    private Noticed notice(Facts facts, long nowMillis) {
        boolean slow = false;
        boolean firstSeen = false;
        boolean belowFloor = false;
        for (Sighting sighting : facts.sightings()) {
            if (!sighting.endpoint()) {
                firstSeen |= edges.get(sighting.name()) == null;
                edges.getOrMake(sighting.name(), name -> true);
                continue;
            }
            Endpoint endpoint = endpoints.get(sighting.name());
            if (endpoint == null) {
                firstSeen = true;
                endpoint = endpoints.getOrMake(sighting.name(), name -> new Endpoint(nowMillis));
            }
            slow |= endpoint.latency.amongSlowest(sighting.nanos(), current.slowest());
            endpoint.latency.add(sighting.nanos(), nowMillis);
            belowFloor |= !endpoint.floorReached(current.floorPerSecond(), nowMillis);
        }
        return new Noticed(slow, firstSeen, belowFloor);
    }
}
