package io.tracery.proxy.balance;

import org.jspecify.annotations.Nullable;

/** What outlier detection keeps of one endpoint. Only {@link OutlierDetector} writes it. */
final class EndpointHealth {

    private State state = State.IN;
    private @Nullable EjectionReason reason;
    private long untilNanos;
    private long returnedNanos;
    private int ejections;

    int consecutive5xx;
    int consecutiveGatewayFailures;
    int consecutiveLocalFailures;

    @Nullable
    SuccessWindow window;

    /** IN → OUT (ejected) → PROBING (a request finds out) → IN or OUT. */
    enum State {
        IN,
        OUT,
        PROBING
    }

    State state() {
        return state;
    }

    @Nullable
    EjectionReason reason() {
        return reason;
    }

    long untilNanos() {
        return untilNanos;
    }

    /** Ejections in a row, those forgotten that were held out since. */
    int ejections(long nowNanos, long intervalNanos) {
        long forgotten = Math.max(0, nowNanos - returnedNanos) / intervalNanos;
        return (int) Math.max(0, ejections - forgotten);
    }

    void eject(EjectionReason why, int inARow, long until) {
        assert state != State.OUT : "ejected twice";
        state = State.OUT;
        reason = why;
        ejections = inARow;
        untilNanos = until;
        forget();
    }

    void probe() {
        assert state == State.OUT : "a probe of an endpoint that is " + state;
        state = State.PROBING;
    }

    /** The probe said nothing: the next request is one. */
    void probeAgain() {
        assert state == State.PROBING : "no probe to repeat, it is " + state;
        state = State.OUT;
    }

    void takeBack(long nowNanos) {
        state = State.IN;
        reason = null;
        returnedNanos = nowNanos;
        forget();
    }

    private void forget() {
        consecutive5xx = 0;
        consecutiveGatewayFailures = 0;
        consecutiveLocalFailures = 0;
        if (window != null) {
            window.forget();
        }
    }
}
