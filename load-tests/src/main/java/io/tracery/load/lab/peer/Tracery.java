package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import io.tracery.load.lab.host.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ours, as the demo runs its sidecars: the options of {@code proxy/jvm.options}, begun with the class cache, every exchange
 * recorded and sent to Kafka.
 */
public final class Tracery implements Peer {

    public static final String NAME = "tracery";

    /** Without a Kafka there are no spans and no export; the counters on the admin port stay. */
    public static final String QUIET = "tracery-without-export";

    private final String name;
    private final Path proxy;
    private final ClassCache cache;
    private final String telemetry;

    private Tracery(String name, Path proxy, ClassCache cache, String telemetry) {
        this.name = name;
        this.proxy = proxy;
        this.cache = cache;
        this.telemetry = telemetry;
    }

    /** With full telemetry. */
    public static Tracery exporting(Path root, ClassCache cache, String kafka) {
        return new Tracery(NAME, root.resolve("proxy"), cache, "      telemetry: {kafka: \"" + kafka + "\"}\n");
    }

    /** The same with telemetry's export off, for what that costs. */
    public static Tracery quiet(Path root, ClassCache cache) {
        return new Tracery(QUIET, root.resolve("proxy"), cache, "");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() throws IOException {
        String jar = jar().getFileName().toString();
        return jar.replaceAll("^tracery-proxy-(.*)\\.jar$", "$1");
    }

    @Override
    public boolean fits(Shape shape) {
        return true;
    }

    @Override
    public void require(Installs installs) throws IOException {
        jar();
    }

    @Override
    public List<Server.Launch> prepare(Site site) throws IOException {
        return switch (site.shape()) {
            case HTTP1, HTTP2, TCP ->
                List.of(launch(site, name, site.listenPort(), OurBootstrap.outbound(site, telemetry)));
            case MTLS_INBOUND -> List.of(callee(site));
            case MTLS_PAIR ->
                List.of(
                        callee(site),
                        launch(
                                site,
                                MeshYaml.caller(site),
                                site.listenPort(),
                                OurBootstrap.sidecar(site, MeshYaml.caller(site), site.adminPort(1), telemetry)));
        };
    }

    private Server.Launch callee(Site site) throws IOException {
        return launch(
                site,
                MeshYaml.callee(site),
                site.innerPort(),
                OurBootstrap.sidecar(site, MeshYaml.callee(site), site.adminPort(0), telemetry));
    }

    private Server.Launch launch(Site site, String role, int port, String bootstrap) throws IOException {
        Path file = Files.writeString(site.file(name + "-" + role + ".yaml"), bootstrap);
        List<String> command = new ArrayList<>(List.of(Commands.java(), "@" + proxy.resolve("jvm.options")));
        command.addAll(cache.options(role));
        command.addAll(List.of("-cp", classPath(), "io.tracery.proxy.ProxyApp", "--bootstrap", file.toString()));
        return new Server.Launch(command, ClassCache.ENVIRONMENT, port, site.file(name + "-" + role + ".log"));
    }

    private Path jar() throws IOException {
        try (var jars = Files.newDirectoryStream(proxy.resolve("target"), "tracery-proxy-*.jar")) {
            for (Path jar : jars) {
                if (!jar.toString().endsWith("-tests.jar")) {
                    return jar;
                }
            }
        } catch (IOException e) {
            throw new IOException(
                    proxy.resolve("target") + " cannot be read; build first: mvn -Dmaven.test.skip=true package", e);
        }
        throw new IOException("the proxy is not built: mvn -Dmaven.test.skip=true package");
    }

    /** Jars in an order that does not depend on the file system, as a class cache demands. */
    private String classPath() throws IOException {
        try (var jars = Files.list(proxy.resolve("target/app/lib"))) {
            List<String> sorted = jars.map(Path::toString).sorted().toList();
            return jar() + ":" + String.join(":", sorted);
        }
    }
}
