/** What may stand on the mesh's topics, and how a batch becomes records that keep to it; knows OTLP, not Kafka. */
@NullMarked
package io.tracery.pipeline.otlp;

import org.jspecify.annotations.NullMarked;
