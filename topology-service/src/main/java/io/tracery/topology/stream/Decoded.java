package io.tracery.topology.stream;

import java.util.List;

/**
 * What a record holds.
 *
 * @param points the mesh's own, valid
 * @param foreign how many others there are
 * @param invalid how many of the mesh's own are not as agreed
 */
record Decoded(List<Point> points, long foreign, long invalid) {}
