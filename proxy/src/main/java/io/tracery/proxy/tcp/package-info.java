/** Opaque TCP: bytes both ways, one exchange for each connection. */
@NullMarked
package io.tracery.proxy.tcp;

import org.jspecify.annotations.NullMarked;
