package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Envoy from its own wheel: one worker, no access log, no tracing, no stats sink; its counters stay on, as they always are. */
final class Envoy implements Peer {

    private Path program = Path.of("envoy");

    @Override
    public String name() {
        return "envoy";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        // "… version: <commit>/1.40.0/Clean/RELEASE/BoringSSL"
        return Commands.output(List.of(program.toString(), "--version"))
                .strip()
                .replaceAll("(?s).*version: \\w+/([^/]+)/.*", "$1");
    }

    @Override
    public boolean fits(Shape shape) {
        return true;
    }

    @Override
    public void require(Installs installs) throws IOException, InterruptedException {
        program = installs.envoy();
    }

    @Override
    public List<Server.Launch> prepare(Site site) throws IOException {
        return switch (site.shape()) {
            case HTTP1 -> List.of(launch(site, "only", site.listenPort(), EnvoyConfig.plain(site)));
            case HTTP2 -> List.of(launch(site, "only", site.listenPort(), EnvoyConfig.http2(site)));
            case TCP -> List.of(launch(site, "only", site.listenPort(), EnvoyConfig.tcp(site)));
            case MTLS_INBOUND -> List.of(launch(site, "inner", site.innerPort(), EnvoyConfig.inner(site)));
            case MTLS_PAIR ->
                List.of(
                        launch(site, "inner", site.innerPort(), EnvoyConfig.inner(site)),
                        launch(site, "outer", site.listenPort(), EnvoyConfig.outer(site)));
        };
    }

    private Server.Launch launch(Site site, String role, int port, String config) throws IOException {
        Path file = Files.writeString(site.file("envoy-" + role + ".yaml"), config);
        return new Server.Launch(
                List.of(
                        program.toString(),
                        "--config-path",
                        file.toString(),
                        "--concurrency",
                        "1",
                        "--disable-hot-restart",
                        "--log-level",
                        "error"),
                Map.of(),
                port,
                site.file("envoy-" + role + ".log"));
    }
}
