/** The proxy's SPIFFE identity: its key, its certificate, and those of its peers. */
@NullMarked
package io.tracery.proxy.identity;

import org.jspecify.annotations.NullMarked;
