package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Cluster;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Workload;
import io.tracery.proxy.route.Route;
import io.tracery.tracing.Vocabulary;

/**
 * An exchange's labels, read into one reused object so that looking up a series allocates nothing. Strings keep their
 * hash and are mostly the very objects of the series found, so that a hit compares references. Confined to one thread.
 */
final class LabelProbe {

    private String direction = "";
    private String protocol = "";
    private String peerNamespace = "";
    private String peerName = "";
    private String peerVersion = "";
    private String peerIdentity = "";
    private String tls = "";
    private String route = "";
    private String template = "";

    void read(Exchange exchange) {
        Workload peer = exchange.peer();
        direction = exchange.direction().label();
        protocol = exchange.protocol().label();
        peerNamespace = peer.namespace();
        peerName = peer.name();
        peerVersion = peer.version();
        peerIdentity = exchange.peerIdentity();
        tls = exchange.mutualTls() ? Vocabulary.TLS_MUTUAL : Vocabulary.TLS_NONE;
        route = routeName(exchange);
        template = templateOf(exchange);
        Cluster cluster = exchange.cluster();
        if (peerName.isEmpty() && cluster != null && exchange.direction() == Direction.OUTBOUND) {
            peerNamespace = cluster.namespace();
            peerName = cluster.service();
        }
    }

    /** A TCP connection has no route of its own: its listener says where it went. */
    static String routeName(Exchange exchange) {
        Route route = exchange.route();
        if (route != null) {
            return route.name();
        }
        return exchange.protocol() == Protocol.TCP ? exchange.listener() : "";
    }

    /** Empty where none is known. */
    static String templateOf(Exchange exchange) {
        String template = exchange.pathTemplate();
        return template == null ? "" : template;
    }

    boolean hasTemplate() {
        return !template.isEmpty();
    }

    /** There is no room for a series of each template. */
    void forgetTemplate() {
        template = "";
    }

    int hash() {
        int hash = direction.hashCode();
        hash = hash * 31 + protocol.hashCode();
        hash = hash * 31 + peerNamespace.hashCode();
        hash = hash * 31 + peerName.hashCode();
        hash = hash * 31 + peerVersion.hashCode();
        hash = hash * 31 + peerIdentity.hashCode();
        hash = hash * 31 + tls.hashCode();
        hash = hash * 31 + route.hashCode();
        hash = hash * 31 + template.hashCode();
        return hash ^ (hash >>> 16);
    }

    boolean matches(SeriesLabels labels) {
        return template.equals(labels.template())
                && route.equals(labels.route())
                && peerName.equals(labels.peerName())
                && peerNamespace.equals(labels.peerNamespace())
                && peerVersion.equals(labels.peerVersion())
                && peerIdentity.equals(labels.peerIdentity())
                && protocol.equals(labels.protocol())
                && direction.equals(labels.direction())
                && tls.equals(labels.tls());
    }

    SeriesLabels labels() {
        return new SeriesLabels(
                direction, protocol, peerNamespace, peerName, peerVersion, peerIdentity, tls, route, template);
    }
}
