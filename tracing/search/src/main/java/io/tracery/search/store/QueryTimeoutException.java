package io.tracery.search.store;

import java.time.Duration;

/** A query that was given up because it took too long. */
public final class QueryTimeoutException extends RuntimeException {

    public QueryTimeoutException(Duration deadline) {
        super("the search took longer than " + deadline.toMillis() + " ms; narrow the time range or name a service");
    }
}
