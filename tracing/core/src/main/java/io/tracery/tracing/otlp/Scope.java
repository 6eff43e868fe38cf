package io.tracery.tracing.otlp;

/**
 * Who measured.
 *
 * @param name of the instrumentation
 * @param version of the instrumentation, empty when unknown
 */
public record Scope(String name, String version) {}
