/** What a linkerd2-proxy asks its control plane, answered for the lab: destinations, policies, certificates. */
@NullMarked
package io.tracery.load.lab.linkerd;

import org.jspecify.annotations.NullMarked;
