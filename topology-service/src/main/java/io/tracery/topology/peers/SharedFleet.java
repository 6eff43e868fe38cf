package io.tracery.topology.peers;

import io.tracery.topology.fleet.Fleet;
import io.tracery.topology.fleet.FleetSource;
import io.tracery.topology.fleet.MeshEvent;
import io.tracery.topology.fleet.ProxyReport;
import io.tracery.topology.graph.GraphSharing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Proxies and events as all processes that share the work know them. Any thread. */
public final class SharedFleet implements FleetSource {

    private final Fleet fleet;
    private final GraphSharing sharing;
    private final PeerClient client;
    private final Remembered<List<ProxyReport>> proxies;

    public SharedFleet(Fleet fleet, GraphSharing sharing, PeerClient client) {
        this.fleet = fleet;
        this.sharing = sharing;
        this.client = client;
        this.proxies = new Remembered<>(client::proxies);
    }

    /** Others' as of a second ago, or as they last said. */
    @Override
    public List<ProxyReport> proxies() {
        Set<String> others = sharing.elsewhere().keySet();
        if (others.isEmpty()) {
            return fleet.proxies();
        }
        Map<String, ProxyReport> newest = new HashMap<>();
        fleet.proxies().forEach(proxy -> newest.put(proxy.instance(), proxy));
        for (String address : others) {
            List<ProxyReport> said = proxies.of(address);
            if (said != null) {
                said.forEach(proxy -> newest.merge(
                        proxy.instance(), proxy, (one, other) -> one.timeMillis() < other.timeMillis() ? other : one));
            }
        }
        List<ProxyReport> all = new ArrayList<>(newest.values());
        all.sort(Fleet.BY_INSTANCE);
        return all;
    }

    @Override
    public List<MeshEvent> events(long from, long to) {
        Map<String, Set<Integer>> elsewhere = sharing.elsewhere();
        // A partition that just went from one to another may be told of by both.
        Set<MeshEvent> all = new LinkedHashSet<>(fleet.events(from, to));
        elsewhere.forEach((address, partitions) -> {
            try {
                all.addAll(client.events(address, from, to));
            } catch (IOException e) {
                throw SharedWindows.away(address, partitions, e);
            }
        });
        List<MeshEvent> sorted = new ArrayList<>(all);
        sorted.sort(Fleet.BY_TIME);
        return sorted;
    }
}
