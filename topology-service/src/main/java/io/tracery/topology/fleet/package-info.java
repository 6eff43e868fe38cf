/** The proxies of the mesh, as far as their own reports tell, and the events of their lives. */
@NullMarked
package io.tracery.topology.fleet;

import org.jspecify.annotations.NullMarked;
