package io.tracery.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * What the balancer chose, and what it chose it over.
 *
 * @param chosen gets the request
 * @param costMillis its cost at the time
 * @param other the candidate that lost, or null when there was only one
 * @param otherCostMillis the loser's cost
 */
public record Pick(
        EndpointLoad chosen, double costMillis, @Nullable EndpointLoad other, double otherCostMillis) {}
