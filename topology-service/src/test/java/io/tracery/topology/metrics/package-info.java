@NullMarked
package io.tracery.topology.metrics;

import org.jspecify.annotations.NullMarked;
