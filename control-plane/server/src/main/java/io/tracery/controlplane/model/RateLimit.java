package io.tracery.controlplane.model;

import java.time.Duration;

/**
 * How many of a rule's requests each proxy lets pass ({@code policy.tracery.io} RateLimit): {@code requests} in each
 * {@code per}, and {@code burst} at once.
 */
public record RateLimit(int requests, Duration per, int burst) {}
