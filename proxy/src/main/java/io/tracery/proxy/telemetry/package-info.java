/**
 * What the proxy tells of its exchanges: metric series counted on the event loops, spans encoded and sent by one thread,
 * and the account of everything that could not be told.
 */
@NullMarked
package io.tracery.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
