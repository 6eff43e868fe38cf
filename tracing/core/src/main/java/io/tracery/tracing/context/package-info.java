/** Trace context: the ids that tie the spans of one trace together, and how they travel between processes. */
@NullMarked
package io.tracery.tracing.context;

import org.jspecify.annotations.NullMarked;
