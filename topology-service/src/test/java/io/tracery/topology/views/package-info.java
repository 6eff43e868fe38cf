@NullMarked
package io.tracery.topology.views;

import org.jspecify.annotations.NullMarked;
