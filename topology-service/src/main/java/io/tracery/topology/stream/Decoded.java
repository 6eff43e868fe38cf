package io.tracery.topology.stream;

import io.tracery.topology.fleet.ProxyReport;
import java.util.List;

/**
 * What a record holds.
 *
 * @param points the mesh's own, valid
 * @param reports what proxies say of themselves
 * @param foreign how many others there are
 * @param invalid how many of the mesh's own are not as agreed
 */
record Decoded(List<Point> points, List<ProxyReport> reports, long foreign, long invalid) {}
