package io.tracery.shop.load;

/**
 * What a request leads to on one edge.
 *
 * @param edge the edge
 * @param requests calls as their sender counts them, tries of one call counted once
 * @param received calls as the receiver counts them, every try counted
 */
record Consequence(Edge edge, int requests, int received) {

    static Consequence calls(Edge edge, int howMany) {
        return new Consequence(edge, howMany, howMany);
    }

    static Consequence call(Edge edge) {
        return calls(edge, 1);
    }
}
