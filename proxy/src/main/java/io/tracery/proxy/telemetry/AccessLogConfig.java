package io.tracery.proxy.telemetry;

/**
 * A line for each exchange, or for some.
 *
 * @param path file to append to; {@code /dev/stdout} is one
 * @param samplePercent of the traces whose exchanges are written when they were served, 0..100; all others always are
 */
public record AccessLogConfig(String path, int samplePercent) {}
