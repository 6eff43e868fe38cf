@NullMarked
package io.tracery.topology.stream;

import org.jspecify.annotations.NullMarked;
