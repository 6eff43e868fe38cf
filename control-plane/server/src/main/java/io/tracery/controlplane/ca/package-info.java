/** The certificate authority: who may have which identity, and the certificates that say so. */
@NullMarked
package io.tracery.controlplane.ca;

import org.jspecify.annotations.NullMarked;
