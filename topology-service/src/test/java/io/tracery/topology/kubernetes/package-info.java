@NullMarked
package io.tracery.topology.kubernetes;

import org.jspecify.annotations.NullMarked;
