package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx from Debian's package: one worker, upstream keep-alive, no logging. It has no HTTP/2 towards backends. */
// Texts of several lines read better by themselves.
@SuppressWarnings("InlineFormatString")
public final class Nginx implements Peer {

    private static final String SERVER_TLS = """
                        ssl_certificate %1$s;
                        ssl_certificate_key %2$s;
                        ssl_client_certificate %3$s;
                        ssl_verify_client on;
                        ssl_protocols TLSv1.3;
                        ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
            """;

    private static final String CLIENT_TLS = """
                            proxy_ssl_certificate %1$s;
                            proxy_ssl_certificate_key %2$s;
                            proxy_ssl_trusted_certificate %3$s;
                            proxy_ssl_verify on;
                            proxy_ssl_name server.lab;
                            proxy_ssl_protocols TLSv1.3;
                            proxy_ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
            """;

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Commands.firstLine(program(), "-v").replaceAll(".*nginx/", "");
    }

    @Override
    public boolean fits(Shape shape) {
        return shape != Shape.HTTP2 && shape != Shape.TCP;
    }

    @Override
    public void require(Installs installs) throws IOException, InterruptedException {
        installs.require(List.of("nginx"));
    }

    @Override
    public List<Server.Launch> prepare(Site site) throws IOException {
        return switch (site.shape()) {
            case HTTP1 -> List.of(launch(site, "only", site.listenPort(), plain(site)));
            case MTLS_INBOUND -> List.of(launch(site, "inner", site.innerPort(), inner(site)));
            case MTLS_PAIR ->
                List.of(
                        launch(site, "inner", site.innerPort(), inner(site)),
                        launch(site, "outer", site.listenPort(), outer(site)));
            case HTTP2, TCP -> throw new IllegalArgumentException("nginx cannot stand so: " + site.shape());
        };
    }

    static String plain(Site site) {
        return http(site.backendPorts(), site.listenPort() + "", "", "http", "");
    }

    static String inner(Site site) {
        Site.Identity id = site.identity();
        String tls = SERVER_TLS.formatted(id.certificate(), id.key(), id.root());
        return http(site.backendPorts().subList(0, 1), site.innerPort() + " ssl", tls, "http", "");
    }

    static String outer(Site site) {
        Site.Identity id = site.identity();
        String tls = CLIENT_TLS.formatted(id.certificate(), id.key(), id.root());
        return http(List.of(site.innerPort()), site.listenPort() + "", "", "https", tls);
    }

    private static String http(
            List<Integer> servers, String listen, String serverTls, String scheme, String clientTls) {
        StringBuilder upstream = new StringBuilder();
        for (int port : servers) {
            upstream.append("        server 127.0.0.1:").append(port).append(";\n");
        }
        return """
                    upstream servers {
                %s        keepalive 256;
                        keepalive_requests 1000000000;
                    }
                    server {
                        listen 127.0.0.1:%s;
                        keepalive_timeout 600s;
                %s            location / {
                            proxy_pass %s://servers;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                %s        }
                    }
                """.formatted(upstream, listen, serverTls, scheme, clientTls);
    }

    private static Server.Launch launch(Site site, String role, int port, String http) throws IOException {
        String name = "nginx-" + role;
        Path file = Files.writeString(site.file(name + ".conf"), config(site.directory(), name, http));
        return new Server.Launch(command(site.directory(), file), Map.of(), port, site.file(name + ".out"));
    }

    /** An nginx configuration of one worker that logs nothing and keeps its files in the lab's directory. */
    public static String config(Path directory, String name, String http) {
        return """
                daemon off;
                worker_processes 1;
                worker_rlimit_nofile 65536;
                pid %1$s/%2$s.pid;
                error_log %1$s/%2$s.log crit;
                events { worker_connections 32768; }
                http {
                    access_log off;
                    keepalive_requests 1000000000;
                    client_body_temp_path %1$s/%2$s-body;
                    proxy_temp_path %1$s/%2$s-proxy;
                    fastcgi_temp_path %1$s/%2$s-fastcgi;
                    uwsgi_temp_path %1$s/%2$s-uwsgi;
                    scgi_temp_path %1$s/%2$s-scgi;
                %3$s}
                """.formatted(directory, name, http);
    }

    /** What runs a configuration in the foreground. */
    public static List<String> command(Path directory, Path config) {
        return List.of(program(), "-c", config.toString(), "-p", directory.toString());
    }

    private static String program() {
        return Commands.find("nginx").orElse(Path.of("nginx")).toString();
    }
}
