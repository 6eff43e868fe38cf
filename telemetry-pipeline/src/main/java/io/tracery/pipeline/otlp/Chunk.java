package io.tracery.pipeline.otlp;

import com.google.protobuf.MessageLite;

/**
 * One Kafka record in the making.
 *
 * @param key the record's key: what its splitter goes by: a trace id as 32 lower-case hex digits, a partition, or a workload as {@code namespace/name}
 * @param data {@code TracesData}, or {@code MetricsData} of one workload
 * @param count how many spans, or data points, it holds
 */
public record Chunk(String key, MessageLite data, int count) {}
