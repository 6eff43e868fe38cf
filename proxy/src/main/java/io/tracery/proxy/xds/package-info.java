/** Envoy's resources as the proxy reads them; no other package but {@code bootstrap} knows these types. */
@NullMarked
package io.tracery.proxy.xds;

import org.jspecify.annotations.NullMarked;
