/** What was kept, and the metrics, to an OTLP endpoint outside of the mesh. */
@NullMarked
package io.tracery.pipeline.forward;

import org.jspecify.annotations.NullMarked;
