/** Connections to endpoints: made, verified, pooled and bounded, one event loop at a time. */
@NullMarked
package io.tracery.proxy.upstream;

import org.jspecify.annotations.NullMarked;
