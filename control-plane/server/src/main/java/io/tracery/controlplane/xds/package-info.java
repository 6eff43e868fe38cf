/** The mesh model as Envoy's resources, and the server that keeps proxies up to date with them. */
@NullMarked
package io.tracery.controlplane.xds;

import org.jspecify.annotations.NullMarked;
