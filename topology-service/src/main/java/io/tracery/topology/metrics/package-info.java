/** The graph as metrics, under the names that Grafana's service graph looks for. */
@NullMarked
package io.tracery.topology.metrics;

import org.jspecify.annotations.NullMarked;
