/** The data path as a whole: listeners that follow configuration, and what happens to a connection that they accept. */
@NullMarked
package io.tracery.proxy.data;

import org.jspecify.annotations.NullMarked;
