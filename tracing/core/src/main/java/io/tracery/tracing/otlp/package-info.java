/** OTLP messages, encoded by hand: only what the mesh emits, straight into one buffer. */
@NullMarked
package io.tracery.tracing.otlp;

import org.jspecify.annotations.NullMarked;
