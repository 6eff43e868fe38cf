package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Authority;
import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.NetworkNamespace;
import io.tracery.load.lab.host.Server;
import io.tracery.load.lab.linkerd.LinkerdControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * linkerd2-proxy beside a control plane of the lab's own, which it takes for Linkerd's: one worker, no access log, no tracing;
 * its counters stay on, as they always are. Between two of them is what Linkerd puts there by default: one connection of HTTP/2
 * in mutual TLS that carries HTTP/1 too.
 */
final class Linkerd implements Peer {

    /** "… release 2.300.0 (29637b6) by somebody on 2026-01-01T00:00:00Z", the first thing it logs. */
    private static final Pattern VERSION = Pattern.compile("\\w+ (\\S+) \\((\\w*)\\) by ");

    private final Optional<Path> given;
    private Path program = Path.of(LinkerdCheckout.PROGRAM);
    private @Nullable LinkerdControlPlane controlPlane;

    Linkerd(Optional<Path> given) {
        this.given = given;
    }

    @Override
    public String name() {
        return Peers.LINKERD;
    }

    @Override
    public String version() throws IOException, InterruptedException {
        // It knows no option; without any setting it says who it is, and then what it lacks.
        String log =
                Commands.output(List.of("sh", "-c", "LINKERD2_PROXY_LOG=info \"$0\" 2>&1 || :", program.toString()));
        return version(log);
    }

    static String version(String log) {
        Matcher version = VERSION.matcher(log);
        return version.find() ? version.group(1) + " (" + version.group(2) + ")" : "unknown";
    }

    /** Its inbound side takes mutual TLS only where the client names it (SNI), which the lab's own connections do not. */
    @Override
    public boolean fits(Shape shape) {
        return shape != Shape.MTLS_INBOUND;
    }

    @Override
    public void require(Installs installs) throws IOException, InterruptedException {
        NetworkNamespace.require();
        installs.require(NetworkNamespace.PROGRAMS);
        program = installs.linkerd(given);
    }

    @Override
    public boolean intercepts() {
        return true;
    }

    @Override
    public List<Server.Launch> prepare(Site site) throws IOException, InterruptedException {
        LinkerdControlPlane control = controlPlane(site);
        control.serve(LinkerdConfig.service(site));
        Map<String, String> caller = LinkerdConfig.caller(site, control.port());
        return switch (site.shape()) {
            case HTTP1, HTTP2, TCP -> List.of(launch(site, MeshYaml.caller(site), site.listenPort(), caller));
            case MTLS_PAIR ->
                List.of(
                        // Its own port takes nobody but who comes for its pod.
                        launch(
                                site,
                                MeshYaml.callee(site),
                                site.adminPort(0),
                                LinkerdConfig.callee(site, control.port())),
                        launch(site, MeshYaml.caller(site), site.listenPort(), caller));
            case MTLS_INBOUND -> throw new IllegalArgumentException("linkerd cannot stand so: " + site.shape());
        };
    }

    private Server.Launch launch(Site site, String name, int port, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path folder = Path.of(LinkerdConfig.identityFolder(site, name));
        if (!Files.exists(folder)) {
            identity(Files.createDirectory(folder), name);
        }
        environment.put(
                "LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS",
                Files.readString(site.identity().root()));
        return new Server.Launch(List.of(program.toString()), environment, port, site.file("linkerd-" + name + ".log"));
    }

    /** What Linkerd's injector puts into a pod: a key, a request to certify it, a token. */
    private static void identity(Path folder, String name) throws IOException, InterruptedException {
        Path key = folder.resolve("key.pem");
        Authority.request(name, key, folder.resolve("csr.der"));
        Commands.output(List.of(
                "openssl",
                "pkcs8",
                "-topk8",
                "-nocrypt",
                "-in",
                key.toString(),
                "-outform",
                "DER",
                "-out",
                folder.resolve("key.p8").toString()));
        Files.writeString(folder.resolve("token"), "lab");
    }

    private LinkerdControlPlane controlPlane(Site site) throws IOException {
        LinkerdControlPlane running = controlPlane;
        if (running == null) {
            Authority authority = Authority.of(site.identity().root());
            running = LinkerdControlPlane.start((name, request) -> certify(authority, site, name, request));
            controlPlane = running;
        }
        return running;
    }

    private static X509Certificate certify(Authority authority, Site site, String name, byte[] request)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile(site.directory(), name, ".csr");
        Files.write(file, request);
        return authority.certify(file, "DNS:" + name, file.resolveSibling(file.getFileName() + ".pem"));
    }

    @Override
    public void close() {
        if (controlPlane != null) {
            controlPlane.close();
        }
    }
}
