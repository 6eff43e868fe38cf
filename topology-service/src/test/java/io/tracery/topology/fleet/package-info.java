@NullMarked
package io.tracery.topology.fleet;

import org.jspecify.annotations.NullMarked;
