/** The control plane as a process: mesh configuration to xDS, certificate signing requests to certificates. */
@NullMarked
package io.tracery.controlplane;

import org.jspecify.annotations.NullMarked;
