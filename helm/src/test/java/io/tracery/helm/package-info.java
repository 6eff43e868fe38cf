@NullMarked
package io.tracery.helm;

import org.jspecify.annotations.NullMarked;
