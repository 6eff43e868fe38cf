/** Exchanges of the last minutes, kept or not, as {@code mesh_spans} still has them. */
@NullMarked
package io.tracery.pipeline.raw;

import org.jspecify.annotations.NullMarked;
