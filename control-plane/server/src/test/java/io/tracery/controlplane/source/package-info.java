@NullMarked
package io.tracery.controlplane.source;

import org.jspecify.annotations.NullMarked;
