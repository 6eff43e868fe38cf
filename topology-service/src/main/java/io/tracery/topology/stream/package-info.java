/** Kafka Streams: the topic of metrics in, the graph and the topic of edges out. The only package that knows Kafka. */
@NullMarked
package io.tracery.topology.stream;

import org.jspecify.annotations.NullMarked;
