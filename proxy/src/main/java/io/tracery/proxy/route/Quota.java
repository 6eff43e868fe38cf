package io.tracery.proxy.route;

/**
 * What a limit had to say to one request: the bucket that has least left speaks.
 *
 * @param left requests that may follow at once
 * @param waitNanos 0 where the request goes on; otherwise until one may
 * @param untilFullNanos until the whole burst may be used again
 */
public record Quota(Rate rate, long left, long waitNanos, long untilFullNanos, Whose whose) {

    /** Of whom the bucket is. */
    public enum Whose {
        ALL,
        KEY
    }

    public boolean refused() {
        return waitNanos > 0;
    }
}
