package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** nghttpx from Debian's package, plaintext only: one worker. It reads everything from its command line. */
final class Nghttpx implements Peer {

    @Override
    public String name() {
        return "nghttpx";
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Commands.firstLine(program(), "--version").replaceAll(".*nghttp2/", "");
    }

    @Override
    public boolean fits(Shape shape) {
        return shape == Shape.HTTP1 || shape == Shape.HTTP2;
    }

    @Override
    public void require(Installs installs) throws IOException, InterruptedException {
        installs.require(List.of("nghttpx"));
    }

    @Override
    public List<Server.Launch> prepare(Site site) {
        return List.of(new Server.Launch(command(site), Map.of(), site.listenPort(), site.file("nghttpx.log")));
    }

    static List<String> command(Site site) {
        List<String> command = new ArrayList<>(List.of(
                program(),
                "--conf=/dev/null",
                "--workers=1",
                "--no-via",
                "--frontend=127.0.0.1," + site.listenPort() + ";no-tls",
                "--backend-connections-per-host=256",
                "--frontend-read-timeout=10m",
                "--backend-keep-alive-timeout=10m"));
        for (int port : site.backendPorts()) {
            command.add("--backend=127.0.0.1," + port + (site.shape() == Shape.HTTP2 ? ";/;proto=h2" : ";/"));
        }
        return List.copyOf(command);
    }

    private static String program() {
        return Commands.find("nghttpx").orElse(Path.of("nghttpx")).toString();
    }
}
