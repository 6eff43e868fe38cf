package io.tracery.topology.fleet;

import java.util.List;

/** Whom to ask about proxies and events: this process, or others too. Any thread. */
public interface FleetSource {

    /** In the order of their node ids. */
    List<ProxyReport> proxies();

    /**
     * In the order of time.
     *
     * @param from Unix milliseconds
     * @param to exclusive
     */
    List<MeshEvent> events(long from, long to);
}
