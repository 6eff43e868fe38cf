/** Trace search: kept spans from Kafka to whole traces to a store to a query. */
@NullMarked
package io.tracery.search;

import org.jspecify.annotations.NullMarked;
