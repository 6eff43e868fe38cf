/** How many spans a second one core decides upon: our pipeline, and OpenTelemetry's Collector, on the same spans. */
@NullMarked
package io.tracery.load.pipeline;

import org.jspecify.annotations.NullMarked;
