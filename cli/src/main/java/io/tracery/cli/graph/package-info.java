/** What the topology API knows, in the terminal: graph, edges, routes, services. */
@NullMarked
package io.tracery.cli.graph;

import org.jspecify.annotations.NullMarked;
