package io.tracery.topology.stream;

/**
 * How many records of a topic a group has not read.
 *
 * @param lag over all partitions that it has committed something of
 */
public record GroupLag(String group, String topic, long lag) {}
