@NullMarked
package io.tracery.controlplane;

import org.jspecify.annotations.NullMarked;
