@NullMarked
package io.tracery.controlplane.tap;

import org.jspecify.annotations.NullMarked;
