package io.tracery.controlplane.ca;

import org.jspecify.annotations.Nullable;

/** A signing request that gets no certificate; the message tells the caller why. */
final class SigningRequestException extends Exception {

    SigningRequestException(String message) {
        this(message, null);
    }

    SigningRequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
