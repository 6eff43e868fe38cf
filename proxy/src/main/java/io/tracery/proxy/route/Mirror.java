package io.tracery.proxy.route;

/**
 * A copy of requests goes to a second place; its answer is thrown away.
 *
 * @param route of the copies: name, cluster and time limit; it has neither retries nor filters
 * @param share of the requests that are copied
 */
public record Mirror(Route route, Fraction share) {}
