package io.tracery.proxy.identity;

import org.jspecify.annotations.Nullable;

/** Where the data path takes the identity from, anew for each connection, so that a rotation needs no restart. */
public interface IdentitySource {

    /** The identity in force, or null while there is none: then every connection that needs one is refused. */
    @Nullable
    Identity current();
}
