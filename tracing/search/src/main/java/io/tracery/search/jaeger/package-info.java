/** Jaeger's HTTP query API over the store. */
@NullMarked
package io.tracery.search.jaeger;

import org.jspecify.annotations.NullMarked;
