package io.tracery.topology.stream;

import io.tracery.topology.graph.Graph;

/** What is done once in a while, whichever partition's turn it is. Confined to the stream's thread. */
final class Housekeeping {

    private static final long EVERY_MILLIS = 10_000;

    private final Graph graph;
    private final Lives lives;
    private long last;

    Housekeeping(Graph graph, Lives lives) {
        this.graph = graph;
        this.lives = lives;
    }

    void run(long nowMillis) {
        if (nowMillis - last >= EVERY_MILLIS) {
            last = nowMillis;
            graph.trim();
            lives.forget(nowMillis - 2 * SeriesSweeper.EXPIRY.toMillis());
        }
    }
}
