@NullMarked
package io.tracery.topology;

import org.jspecify.annotations.NullMarked;
