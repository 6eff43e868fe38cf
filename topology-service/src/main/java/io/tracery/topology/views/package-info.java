/** What the read API answers about the past and about services, made from windows. */
@NullMarked
package io.tracery.topology.views;

import org.jspecify.annotations.NullMarked;
