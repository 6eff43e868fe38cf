package io.tracery.load.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the proxies are in front of: one nginx worker that answers 1 KiB on several ports. */
final class Backend {

    private static final int BODY_BYTES = 1024;

    private Backend() {}

    /** Writes the configuration and answers the command that runs it in the foreground. */
    static List<String> prepare(Path directory, List<Integer> ports) throws IOException {
        StringBuilder listens = new StringBuilder();
        for (int port : ports) {
            listens.append("        listen 127.0.0.1:").append(port).append(";\n");
        }
        Path file = Files.writeString(directory.resolve("backend.conf"), nginx(directory, "backend", """
                            server {
                        %s        location / { return 200 "%s"; }
                            }
                        """.formatted(
                        listens, "x".repeat(BODY_BYTES))));
        return List.of("nginx", "-c", file.toString(), "-p", directory.toString());
    }

    /** An nginx configuration of one worker that logs nothing and keeps its files in the lab's directory. */
    static String nginx(Path directory, String name, String http) {
        return """
                daemon off;
                worker_processes 1;
                pid %1$s/%2$s.pid;
                error_log %1$s/%2$s.log crit;
                events { worker_connections 4096; }
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
}
