@NullMarked
package io.tracery.controlplane.xds;

import org.jspecify.annotations.NullMarked;
