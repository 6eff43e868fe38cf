/** The Kafka topics through which observations flow. */
@NullMarked
package io.tracery.tracing.topic;

import org.jspecify.annotations.NullMarked;
