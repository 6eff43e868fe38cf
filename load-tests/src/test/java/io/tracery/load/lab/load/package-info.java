@NullMarked
package io.tracery.load.lab.load;

import org.jspecify.annotations.NullMarked;
