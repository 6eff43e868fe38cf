package io.tracery.controlplane.model;

import org.jspecify.annotations.Nullable;

/** What may happen to a rule's requests before they are forwarded; null: nothing. */
public record Policies(
        @Nullable RateLimit rateLimit, @Nullable Fault fault) {

    public static final Policies NONE = new Policies(null, null);
}
