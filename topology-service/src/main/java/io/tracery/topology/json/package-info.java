/** The graph as JSON, the same on the API and on the topic of edges. */
@NullMarked
package io.tracery.topology.json;

import org.jspecify.annotations.NullMarked;
