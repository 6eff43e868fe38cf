@NullMarked
package io.tracery.topology.graph;

import org.jspecify.annotations.NullMarked;
