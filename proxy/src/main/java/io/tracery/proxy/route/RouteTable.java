package io.tracery.proxy.route;

import java.util.List;

/**
 * The routes of one listener in order of precedence.
 *
 * @param name the xDS route configuration's name
 * @param routes first match wins
 */
public record RouteTable(String name, List<Route> routes) {

    public RouteTable {
        routes = List.copyOf(routes);
    }
}
