/** The telemetry pipeline: OTLP front door, and stream processors on Kafka. */
@NullMarked
package io.tracery.pipeline;

import org.jspecify.annotations.NullMarked;
