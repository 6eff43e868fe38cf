@NullMarked
package io.tracery.topology.history;

import org.jspecify.annotations.NullMarked;
