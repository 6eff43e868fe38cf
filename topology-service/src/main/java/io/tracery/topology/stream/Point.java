package io.tracery.topology.stream;

/**
 * One data point: the count of a series at a time.
 *
 * @param timeNanos when the proxy read it, Unix nanoseconds
 */
record Point(SeriesKey key, long timeNanos, Count count) {}
