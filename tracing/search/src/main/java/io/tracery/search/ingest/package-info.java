/** From {@code otlp_spans} into the store, so that nothing is lost and repeats do no harm. */
@NullMarked
package io.tracery.search.ingest;

import org.jspecify.annotations.NullMarked;
