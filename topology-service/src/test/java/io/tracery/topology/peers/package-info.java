@NullMarked
package io.tracery.topology.peers;

import org.jspecify.annotations.NullMarked;
