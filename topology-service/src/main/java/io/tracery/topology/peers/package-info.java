/** Several processes that share the work: what they tell each other, so that each can answer for all. */
@NullMarked
package io.tracery.topology.peers;

import org.jspecify.annotations.NullMarked;
