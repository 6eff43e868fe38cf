@NullMarked
package io.tracery.controlplane.ca;

import org.jspecify.annotations.NullMarked;
