package io.tracery.topology.api;

import java.util.List;
import java.util.function.Supplier;

/**
 * What the API tells of the processes behind it, as they say it themselves.
 *
 * @param groups who reads Kafka, and how far behind
 * @param instances the processes that share the work
 * @param limits what is bounded, and what that cost
 */
public record Surroundings(
        Supplier<List<? extends Record>> groups,
        Supplier<List<? extends Record>> instances,
        Supplier<? extends Record> limits) {}
