package io.tracery.load.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A proxy that the lab can measure: how to configure it for the lab's work, and how to run it. */
sealed interface Peer {

    /** Balances round robin or better over the backends, keeps connections on both sides, runs on one thread. */
    record Work(Path directory, int listenPort, List<Integer> backendPorts) {}

    String name();

    /** The version it says it has, or an explanation of how to get it when it cannot be run. */
    String version() throws IOException, InterruptedException;

    /** Writes the configuration and answers the command that runs the proxy in the foreground. */
    List<String> prepare(Work work) throws IOException;

    static Peer named(String name) {
        return switch (name) {
            case "haproxy" -> new Haproxy();
            case "nginx" -> new Nginx();
            default -> throw new IllegalArgumentException("no such peer: " + name + "; known: haproxy, nginx");
        };
    }

    /** HAProxy from Debian's package: one thread, keep-alive, connections reused, no logging. */
    record Haproxy() implements Peer {

        @Override
        public String name() {
            return "haproxy";
        }

        @Override
        public String version() throws IOException, InterruptedException {
            return Commands.firstLine("haproxy", "-v").replaceAll("^HA-?Proxy version (\\S+).*", "$1");
        }

        @Override
        public List<String> prepare(Work work) throws IOException {
            StringBuilder config = new StringBuilder("""
                    global
                        nbthread 1
                        maxconn 4096
                    defaults
                        mode http
                        option http-keep-alive
                        http-reuse always
                        timeout connect 1s
                        timeout client 60s
                        timeout server 60s
                    frontend lab
                        bind 127.0.0.1:%d
                        default_backend servers
                    backend servers
                        balance roundrobin
                    """.formatted(work.listenPort()));
            for (int port : work.backendPorts()) {
                config.append("    server s%d 127.0.0.1:%d\n".formatted(port, port));
            }
            Path file = Files.writeString(work.directory().resolve("haproxy.cfg"), config);
            return List.of("haproxy", "-db", "-f", file.toString());
        }
    }

    /** nginx from Debian's package: one worker, upstream keep-alive, no logging. */
    record Nginx() implements Peer {

        @Override
        public String name() {
            return "nginx";
        }

        @Override
        public String version() throws IOException, InterruptedException {
            return Commands.firstLine("nginx", "-v").replaceAll(".*nginx/", "");
        }

        @Override
        public List<String> prepare(Work work) throws IOException {
            StringBuilder servers = new StringBuilder();
            for (int port : work.backendPorts()) {
                servers.append("        server 127.0.0.1:").append(port).append(";\n");
            }
            Path file = Files.writeString(
                    work.directory().resolve("nginx.conf"),
                    Backend.nginx(work.directory(), "proxy", """
                        upstream servers {
                    %s        keepalive 256;
                        }
                        server {
                            listen 127.0.0.1:%d;
                            location / {
                                proxy_pass http://servers;
                                proxy_http_version 1.1;
                                proxy_set_header Connection "";
                            }
                        }
                    """.formatted(servers, work.listenPort())));
            return List.of(
                    "nginx", "-c", file.toString(), "-p", work.directory().toString());
        }
    }

    /** Ours, as a sidecar runs: its own memory settings, every exchange recorded and sent to Kafka. */
    record Tracery(Path root, String kafka) implements Peer {

        @Override
        public String name() {
            return "tracery";
        }

        @Override
        public String version() {
            return "0.1.0-SNAPSHOT, full telemetry";
        }

        @Override
        public List<String> prepare(Work work) throws IOException {
            Path bootstrap = Files.writeString(
                    work.directory().resolve("tracery.yaml"),
                    OurBootstrap.outbound(work.listenPort(), work.listenPort() + 1, work.backendPorts(), kafka));
            Path proxy = root.resolve("proxy");
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + proxy.resolve("jvm.options"),
                    "-cp",
                    proxy.resolve("target/tracery-proxy-0.1.0-SNAPSHOT.jar") + ":" + proxy.resolve("target/app/lib")
                            + "/*",
                    "io.tracery.proxy.ProxyApp",
                    "--bootstrap",
                    bootstrap.toString());
        }
    }
}
