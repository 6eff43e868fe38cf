/** The read API over HTTP: the graph as JSON and as server-sent events, trace search by proxy, and the pages. */
@NullMarked
package io.tracery.topology.api;

import org.jspecify.annotations.NullMarked;
