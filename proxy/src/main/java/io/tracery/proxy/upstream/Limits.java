package io.tracery.proxy.upstream;

import java.time.Duration;

/**
 * Every bound of the data path. All counts are per event loop unless said otherwise.
 *
 * @param maxInitialLineBytes longest request line
 * @param maxHeaderBytes all headers of one message together
 * @param headTimeout how long a client may take to send a request's head, from its first byte or the connection's start
 * @param idleTimeout how long a client's connection may be without a request
 * @param maxConnectionsPerListener connections accepted at once; more are closed at once
 * @param maxConnectionsPerEndpoint connections to one endpoint
 * @param maxStreamsPerConnection HTTP/2 requests at once on one connection
 * @param maxPending requests that wait for one endpoint's HTTP/2 connection to come up
 * @param poolIdleTimeout how long a connection to an endpoint is kept without use
 * @param replayBytes body bytes of one request that are kept for another attempt
 */
public record Limits(
        int maxInitialLineBytes,
        int maxHeaderBytes,
        Duration headTimeout,
        Duration idleTimeout,
        int maxConnectionsPerListener,
        int maxConnectionsPerEndpoint,
        int maxStreamsPerConnection,
        int maxPending,
        Duration poolIdleTimeout,
        int replayBytes) {

    public static final Limits DEFAULT = new Limits(
            8 * 1024,
            32 * 1024,
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            10_000,
            1_024,
            256,
            1_024,
            Duration.ofSeconds(60),
            64 * 1024);
}
