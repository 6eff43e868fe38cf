@NullMarked
package io.tracery.topology.json;

import org.jspecify.annotations.NullMarked;
