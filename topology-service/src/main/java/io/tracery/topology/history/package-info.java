/**
 * What the graph remembers: who called whom how often and how well, in windows of ten seconds, a minute and an hour. Knows
 * neither Kafka nor HTTP; where windows are kept and what time it is arrive as parameters.
 */
@NullMarked
package io.tracery.topology.history;

import org.jspecify.annotations.NullMarked;
