package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** HAProxy from Debian's package: one thread, keep-alive, connections reused, no logging. */
final class Haproxy implements Peer {

    private static final String FRONT = """
            global
                nbthread 1
                maxconn 12000
                no strict-limits
                ssl-default-bind-options ssl-min-ver TLSv1.3
                ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
                ssl-default-server-options ssl-min-ver TLSv1.3
                ssl-default-server-ciphersuites TLS_AES_128_GCM_SHA256
            defaults
                mode %s
                option http-keep-alive
                http-reuse always
                timeout connect 5s
                timeout client 10m
                timeout server 10m
            frontend lab
                bind 127.0.0.1:%d%s
                default_backend servers
            backend servers
                balance roundrobin
            """;

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Commands.firstLine(program(), "-v").replaceAll("^HA-?Proxy version (\\S+).*", "$1");
    }

    @Override
    public boolean fits(Shape shape) {
        return true;
    }

    @Override
    public void require(Installs installs) throws IOException, InterruptedException {
        installs.require(List.of("haproxy"));
    }

    @Override
    public List<Server.Launch> prepare(Site site) throws IOException {
        return switch (site.shape()) {
            case HTTP1 -> List.of(launch(site, "only", site.listenPort(), plain(site, "http", "")));
            case HTTP2 -> List.of(launch(site, "only", site.listenPort(), plain(site, "http", " proto h2")));
            case TCP -> List.of(launch(site, "only", site.listenPort(), plain(site, "tcp", "")));
            case MTLS_INBOUND -> List.of(launch(site, "inner", site.innerPort(), inner(site)));
            case MTLS_PAIR ->
                List.of(
                        launch(site, "inner", site.innerPort(), inner(site)),
                        launch(site, "outer", site.listenPort(), outer(site)));
        };
    }

    static String plain(Site site, String mode, String protocol) {
        StringBuilder config = new StringBuilder(FRONT.formatted(mode, site.listenPort(), protocol));
        for (int port : site.backendPorts()) {
            config.append("    server s%1$d 127.0.0.1:%1$d%2$s\n".formatted(port, protocol));
        }
        return config.toString();
    }

    static String inner(Site site) {
        String tls = " ssl crt %s ca-file %s verify required"
                .formatted(site.identity().both(), site.identity().root());
        return FRONT.formatted("http", site.innerPort(), tls)
                + "    server s 127.0.0.1:%d\n".formatted(site.backendPorts().getFirst());
    }

    static String outer(Site site) {
        return FRONT.formatted("http", site.listenPort(), "")
                + "    server s 127.0.0.1:%d ssl crt %s ca-file %s verify required\n"
                        .formatted(
                                site.innerPort(),
                                site.identity().both(),
                                site.identity().root());
    }

    private static Server.Launch launch(Site site, String role, int port, String config) throws IOException {
        Path file = Files.writeString(site.file("haproxy-" + role + ".cfg"), config);
        return new Server.Launch(
                List.of(program(), "-db", "-f", file.toString()),
                Map.of(),
                port,
                site.file("haproxy-" + role + ".log"));
    }

    private static String program() {
        return Commands.find("haproxy").orElse(Path.of("haproxy")).toString();
    }
}
