@NullMarked
package io.tracery.load.topology;

import org.jspecify.annotations.NullMarked;
