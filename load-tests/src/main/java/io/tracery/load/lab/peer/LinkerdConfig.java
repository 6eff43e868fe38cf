package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.NetworkNamespace;
import io.tracery.load.lab.linkerd.LinkerdEndpoint;
import io.tracery.load.lab.linkerd.LinkerdService;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a linkerd2-proxy is told for the lab: its environment, and what its control plane says. Both are as Linkerd's charts
 * have them by default ({@code charts/partials/templates/_proxy.tpl}), but for addresses, one core, the level of its log,
 * and no waiting for open connections at its end.
 */
final class LinkerdConfig {

    private static final String NETWORKS = "127.0.0.0/8,10.0.0.0/8";

    private LinkerdConfig() {}

    /** What its identity is called, as Linkerd names service accounts. */
    static String identity(String serviceAccount) {
        return serviceAccount + ".lab.serviceaccount.identity.linkerd." + Site.TRUST_DOMAIN;
    }

    /** What the caller's proxy balances over: the backends themselves, or the one behind the callee's proxy. */
    static LinkerdService service(Site site) {
        boolean pair = site.shape() == Shape.MTLS_PAIR;
        Inet4Address pod = pod(site);
        Optional<LinkerdEndpoint.Proxy> proxy = pair
                ? Optional.of(new LinkerdEndpoint.Proxy(identity(MeshYaml.callee(site)), site.innerPort()))
                : Optional.empty();
        List<Integer> ports = pair ? site.backendPorts().subList(0, 1) : site.backendPorts();
        return new LinkerdService(
                "servers",
                site.listenPort(),
                site.shape() == Shape.TCP ? LinkerdService.Protocol.OPAQUE : LinkerdService.Protocol.DETECT,
                ports.stream()
                        .map(port -> new LinkerdEndpoint(pod, port, proxy))
                        .toList());
    }

    /** Callers connect to it where nobody redirects anything: the kernel says that this is where they were going. */
    static Map<String, String> caller(Site site, int controlPlanePort) {
        Map<String, String> environment = common(MeshYaml.caller(site), site, controlPlanePort);
        environment.put("LINKERD2_PROXY_ADMIN_LISTEN_ADDR", "127.0.0.1:" + site.adminPort(1));
        environment.put("LINKERD2_PROXY_OUTBOUND_LISTEN_ADDRS", "127.0.0.1:" + site.listenPort());
        environment.put("LINKERD2_PROXY_INBOUND_LISTEN_ADDR", "127.0.0.1:0");
        return environment;
    }

    static Map<String, String> callee(Site site, int controlPlanePort) {
        Map<String, String> environment = common(MeshYaml.callee(site), site, controlPlanePort);
        environment.put("LINKERD2_PROXY_ADMIN_LISTEN_ADDR", "127.0.0.1:" + site.adminPort(0));
        environment.put("LINKERD2_PROXY_OUTBOUND_LISTEN_ADDRS", "127.0.0.1:0");
        environment.put("LINKERD2_PROXY_INBOUND_LISTEN_ADDR", "0.0.0.0:" + site.innerPort());
        environment.put("LINKERD2_PROXY_INBOUND_IPS", pod(site).getHostAddress());
        environment.put(
                "LINKERD2_PROXY_INBOUND_PORTS",
                Integer.toString(site.backendPorts().getFirst()));
        return environment;
    }

    private static Map<String, String> common(String name, Site site, int controlPlanePort) {
        String controlPlane = "127.0.0.1:" + controlPlanePort;
        Map<String, String> environment = new TreeMap<>(Map.of(
                "LINKERD2_PROXY_LOG", "warn",
                "LINKERD2_PROXY_CORES", "1",
                "LINKERD2_PROXY_SHUTDOWN_GRACE_PERIOD", "1s",
                "LINKERD2_PROXY_DESTINATION_SVC_ADDR", controlPlane,
                "LINKERD2_PROXY_DESTINATION_PROFILE_NETWORKS", NETWORKS,
                "LINKERD2_PROXY_POLICY_SVC_ADDR", controlPlane,
                "LINKERD2_PROXY_POLICY_WORKLOAD", name,
                "LINKERD2_PROXY_POLICY_CLUSTER_NETWORKS", NETWORKS,
                "LINKERD2_PROXY_INBOUND_DEFAULT_POLICY", "all-unauthenticated"));
        environment.putAll(Map.of(
                "LINKERD2_PROXY_IDENTITY_SVC_ADDR",
                controlPlane,
                "LINKERD2_PROXY_IDENTITY_LOCAL_NAME",
                identity(name),
                "LINKERD2_PROXY_IDENTITY_DIR",
                identityFolder(site, name),
                "LINKERD2_PROXY_IDENTITY_TOKEN_FILE",
                identityFolder(site, name) + "/token"));
        environment.putAll(Map.of(
                "LINKERD2_PROXY_INBOUND_CONNECT_TIMEOUT", "100ms",
                "LINKERD2_PROXY_OUTBOUND_CONNECT_TIMEOUT", "1000ms",
                "LINKERD2_PROXY_INBOUND_DISCOVERY_IDLE_TIMEOUT", "90s",
                "LINKERD2_PROXY_OUTBOUND_DISCOVERY_IDLE_TIMEOUT", "5s",
                "LINKERD2_PROXY_INBOUND_ACCEPT_KEEPALIVE", "10000ms",
                "LINKERD2_PROXY_OUTBOUND_CONNECT_KEEPALIVE", "10000ms",
                "LINKERD2_PROXY_INBOUND_ACCEPT_USER_TIMEOUT", "30s",
                "LINKERD2_PROXY_OUTBOUND_CONNECT_USER_TIMEOUT", "30s"));
        environment.putAll(Map.of(
                "LINKERD2_PROXY_INBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL", "10s",
                "LINKERD2_PROXY_INBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT", "3s",
                "LINKERD2_PROXY_OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL", "10s",
                "LINKERD2_PROXY_OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT", "3s"));
        return environment;
    }

    /** Where it finds its key, its signing request and the token that it shows. */
    static String identityFolder(Site site, String name) {
        return site.file("linkerd-" + name).toString();
    }

    private static Inet4Address pod(Site site) {
        try {
            return (Inet4Address) InetAddress.getByName(NetworkNamespace.pod(site.listenPort()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address in digits is never looked up", e);
        }
    }
}
