package io.tracery.proxy.exchange;

import java.util.List;

/**
 * Learns of every exchange, on the event loop that runs it. Called once each, in this order, also when an exchange ends
 * before anything was sent anywhere. Must not block and must not keep the exchange beyond the call unless it owns it:
 * after {@link #ended} the data path never touches it again.
 */
public interface ExchangeObserver {

    /** Names of the request headers that it wants to see of every exchange, in lower case; the same each time. */
    default List<String> recordedHeaders() {
        return List.of();
    }

    /** The exchange knows its route, or that it has none. */
    void started(Exchange exchange);

    /** The exchange has its fate, and all its figures are final. */
    void ended(Exchange exchange);
}
