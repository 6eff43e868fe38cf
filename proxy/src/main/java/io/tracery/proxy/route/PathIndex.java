package io.tracery.proxy.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts to the numbers of the routes that begin or stand there, found by a part of a path without cutting it out: the hash
 * is the one that {@link String} has, so that a reader of a path can carry it from character to character. Built once;
 * open addressing, at most half full.
 */
final class PathIndex {

    private static final int[] NONE = {};

    private final @Nullable String[] keys;
    private final int[] hashes;
    private final int[][] routes;
    private final int mask;

    private PathIndex(int capacity) {
        this.keys = new @Nullable String[capacity];
        this.hashes = new int[capacity];
        this.routes = new int[capacity][];
        this.mask = capacity - 1;
    }

    /** The routes of the first {@code length} characters of a path, in ascending order. */
    int[] find(String path, int length, int hash) {
        int slot = spread(hash) & mask;
        for (String key = keys[slot]; key != null; key = keys[slot]) {
            if (hashes[slot] == hash && key.length() == length && path.startsWith(key)) {
                return routes[slot];
            }
            slot = (slot + 1) & mask;
        }
        return NONE;
    }

    private void put(String key, int[] numbers) {
        int hash = key.hashCode();
        int slot = spread(hash) & mask;
        while (keys[slot] != null) {
            slot = (slot + 1) & mask;
        }
        keys[slot] = key;
        hashes[slot] = hash;
        routes[slot] = numbers;
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 16);
    }

    /** Collects routes in their order. */
    static final class Builder {

        private final Map<String, List<Integer>> collected = new HashMap<>();

        void add(String key, int route) {
            collected.computeIfAbsent(key, any -> new ArrayList<>()).add(route);
        }

        PathIndex build() {
            PathIndex index = new PathIndex(Integer.highestOneBit(Math.max(1, collected.size())) * 4);
            collected.forEach((key, numbers) ->
                    index.put(key, numbers.stream().mapToInt(Integer::intValue).toArray()));
            return index;
        }
    }

    @Override
    public String toString() {
        return Arrays.stream(keys).filter(key -> key != null).count() + " paths";
    }
}
