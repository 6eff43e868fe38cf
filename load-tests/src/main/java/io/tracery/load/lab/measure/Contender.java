package io.tracery.load.lab.measure;

import io.tracery.load.lab.host.Server;
import io.tracery.load.lab.peer.Peer;
import io.tracery.load.lab.peer.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A proxy at its site, or a pair of them; runs or not. */
final class Contender {

    private final Peer peer;
    private final Site site;
    private final List<Server> servers = new ArrayList<>();

    Contender(Peer peer, Site site) {
        this.peer = peer;
        this.site = site;
    }

    Peer peer() {
        return peer;
    }

    Site site() {
        return site;
    }

    String name() {
        return peer.name();
    }

    int port() {
        return site.listenPort();
    }

    List<Long> pids() {
        return servers.stream().flatMap(server -> server.pids().stream()).toList();
    }

    /** The processes one by one: a pair has two. */
    List<List<Long>> sidecars() {
        return servers.stream().map(Server::pids).toList();
    }

    /** Starts what does not run yet and waits for it. */
    void start() throws IOException, InterruptedException {
        List<Server.Launch> launches = peer.prepare(site);
        for (Server.Launch launch : launches.subList(servers.size(), launches.size())) {
            servers.add(Server.start(launch, Ground.PROXY_CORE));
        }
    }

    /** Starts the one that the load meets, whatever stands behind it running already, and does not wait. */
    void execLast() throws IOException, InterruptedException {
        List<Server.Launch> launches = peer.prepare(site);
        for (Server.Launch launch : launches.subList(servers.size(), launches.size() - 1)) {
            servers.add(Server.start(launch, Ground.PROXY_CORE));
        }
        servers.add(Server.exec(launches.getLast(), Ground.PROXY_CORE));
    }

    /** Ends the one that the load meets. */
    void stopLast() {
        servers.removeLast().close();
    }

    void stop() {
        servers.reversed().forEach(Server::close);
        servers.clear();
    }
}
