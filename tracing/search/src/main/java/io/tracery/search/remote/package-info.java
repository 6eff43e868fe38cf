/** Jaeger's protocol for a storage that is not its own, so that a stock Jaeger shows what is stored here. */
@NullMarked
package io.tracery.search.remote;

import org.jspecify.annotations.NullMarked;
