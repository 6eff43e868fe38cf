/** HTTP exchanges: from a request's head to its one fate, whatever HTTP version either side speaks. */
@NullMarked
package io.tracery.proxy.http;

import org.jspecify.annotations.NullMarked;
