@NullMarked
package io.tracery.topology.api;

import org.jspecify.annotations.NullMarked;
