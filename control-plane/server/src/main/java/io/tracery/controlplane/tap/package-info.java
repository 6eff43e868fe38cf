/** Lets those with a token look at single exchanges, by the sidecars that saw them. */
@NullMarked
package io.tracery.controlplane.tap;

import org.jspecify.annotations.NullMarked;
