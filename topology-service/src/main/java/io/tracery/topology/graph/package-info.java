/**
 * The live service graph: what proxies counted, by edge, now and second by second. Knows neither Kafka nor HTTP; time
 * arrives as a parameter.
 */
@NullMarked
package io.tracery.topology.graph;

import org.jspecify.annotations.NullMarked;
