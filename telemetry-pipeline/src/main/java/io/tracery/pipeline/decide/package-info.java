/** Which traces are worth keeping, and why. */
@NullMarked
package io.tracery.pipeline.decide;

import org.jspecify.annotations.NullMarked;
