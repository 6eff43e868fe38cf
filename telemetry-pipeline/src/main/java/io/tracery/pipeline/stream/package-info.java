/** Topics, and the stream processor from {@code mesh_spans} to {@code otlp_spans}. */
@NullMarked
package io.tracery.pipeline.stream;

import org.jspecify.annotations.NullMarked;
