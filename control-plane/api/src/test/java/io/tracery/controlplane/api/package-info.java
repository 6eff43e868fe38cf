@NullMarked
package io.tracery.controlplane.api;

import org.jspecify.annotations.NullMarked;
