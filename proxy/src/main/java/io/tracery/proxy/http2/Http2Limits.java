package io.tracery.proxy.http2;

import java.time.Duration;

/**
 * What one HTTP/2 connection may ask of us.
 *
 * @param maxStreams open at once; a peer's further ones are refused unread
 * @param maxHeaderBytes all headers of one message, unpacked
 * @param streamWindowBytes what may wait for one slow reader
 * @param connectionWindowBytes what may wait for all slow readers of a connection; as much of what no window holds up, heads
 *     above all, may wait for a peer that does not read
 * @param maxQueuedAcknowledgements of pings and settings, for a peer that does not read them
 * @param maxContinuations small CONTINUATION frames of one message's headers
 * @param maxOverhead frames in one period that carry nothing (pings, settings, priorities, window updates, resets, empty or
 *     unknown ones, heads that are interim or of a stream that was reset) beyond four for each frame, and each kilobyte, that does
 * @param maxResets streams reset in one period, by the peer or for its mistakes, if they are more than half of those it opened
 * @param period over which these two are counted
 */
public record Http2Limits(
        int maxStreams,
        int maxHeaderBytes,
        int streamWindowBytes,
        int connectionWindowBytes,
        int maxQueuedAcknowledgements,
        int maxContinuations,
        int maxOverhead,
        int maxResets,
        Duration period) {

    /** For connections whose streams and headers have bounds of their own; the rest suits a sidecar's few megabytes. */
    public static Http2Limits of(int maxStreams, int maxHeaderBytes) {
        return new Http2Limits(
                maxStreams, maxHeaderBytes, 128 * 1024, 4 * 1024 * 1024, 1_000, 16, 1_000, 500, Duration.ofSeconds(10));
    }
}
