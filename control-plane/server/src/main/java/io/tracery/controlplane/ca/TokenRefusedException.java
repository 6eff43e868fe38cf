package io.tracery.controlplane.ca;

import org.jspecify.annotations.Nullable;

/** A token that proves nothing; the message tells the caller why and never repeats the token. */
public final class TokenRefusedException extends Exception {

    TokenRefusedException(String message) {
        this(message, null);
    }

    TokenRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
