/** One request and its response, from its first byte to its one fate. */
@NullMarked
package io.tracery.proxy.exchange;

import org.jspecify.annotations.NullMarked;
