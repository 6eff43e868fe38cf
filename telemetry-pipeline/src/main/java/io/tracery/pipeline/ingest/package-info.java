/** The OTLP receivers, gRPC and HTTP, and the way from them into Kafka. */
@NullMarked
package io.tracery.pipeline.ingest;

import org.jspecify.annotations.NullMarked;
