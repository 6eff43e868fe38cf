@NullMarked
package io.tracery.load.endurance;

import org.jspecify.annotations.NullMarked;
