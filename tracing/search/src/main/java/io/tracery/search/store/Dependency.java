package io.tracery.search.store;

/** How often spans of one service called another. */
public record Dependency(String parent, String child, long calls) {}
