/** What both ends of the control plane's APIs share. */
@NullMarked
package io.tracery.controlplane.api;

import org.jspecify.annotations.NullMarked;
