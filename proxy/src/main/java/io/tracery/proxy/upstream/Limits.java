package io.tracery.proxy.upstream;

import io.tracery.proxy.http1.Http1Limits;
import io.tracery.proxy.http2.Http2Limits;
import io.tracery.proxy.mesh.UpstreamTls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every bound of the data path. All counts are per event loop unless said otherwise.
 *
 * @param maxInitialLineBytes longest request line
 * @param maxHeaderBytes the whole head of one message
 * @param headTimeout how long a client may take for its TLS handshake, and to send a request's head, from its first byte or the
 *     connection's start
 * @param idleTimeout how long a client's connection may be without a request, and an HTTP exchange without anything moving
 * @param tcpIdleTimeout how long a TCP exchange may be without anything moving
 * @param maxConnectionsPerListener connections accepted at once; more are closed at once
 * @param maxConnectionsPerEndpoint connections to one endpoint
 * @param maxStreamsPerConnection HTTP/2 requests at once on one connection
 * @param maxPending requests that wait for a stream to one endpoint
 * @param poolIdleTimeoutPlain how long a plain connection to an endpoint is kept without use: less than the five seconds
 *     after which common servers close theirs, because a request that meets such a close may not be repeated
 * @param poolIdleTimeoutTls the same for mutual TLS: there another proxy listens, which waits longer
 * @param replayBytes body bytes of one request that are kept for another attempt
 */
public record Limits(
        int maxInitialLineBytes,
        int maxHeaderBytes,
        Duration headTimeout,
        Duration idleTimeout,
        Duration tcpIdleTimeout,
        int maxConnectionsPerListener,
        int maxConnectionsPerEndpoint,
        int maxStreamsPerConnection,
        int maxPending,
        Duration poolIdleTimeoutPlain,
        Duration poolIdleTimeoutTls,
        int replayBytes) {

    public static final Limits DEFAULT = new Limits(
            8 * 1024,
            32 * 1024,
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            10_000,
            1_024,
            256,
            1_024,
            Duration.ofSeconds(4),
            Duration.ofSeconds(60),
            64 * 1024);

    /** What an HTTP/1.1 message may be. */
    public Http1Limits http1() {
        return new Http1Limits(maxInitialLineBytes, maxHeaderBytes, Http1Limits.MOST_FIELDS);
    }

    /** What an HTTP/2 connection may ask for. */
    public Http2Limits http2() {
        return Http2Limits.of(maxStreamsPerConnection, maxHeaderBytes);
    }

    Duration poolIdleTimeout(@Nullable UpstreamTls tls) {
        return tls == null ? poolIdleTimeoutPlain : poolIdleTimeoutTls;
    }
}
