package io.tracery.load.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.load.lab.host.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What each proxy is told, word for word; {@code -Dgolden.update} writes the files anew. */
class GoldenConfigTest {

    private static final Path GOLDEN = Path.of("src/test/resources/io/tracery/load/lab/peer/golden");

    @Test
    void haproxyIsToldTheSameAsTheOthers() throws IOException {
        check("haproxy-http1.cfg", Haproxy.plain(site(Shape.HTTP1), "http", ""));
        check("haproxy-http2.cfg", Haproxy.plain(site(Shape.HTTP2), "http", " proto h2"));
        check("haproxy-inner.cfg", Haproxy.inner(site(Shape.MTLS_PAIR)));
        check("haproxy-outer.cfg", Haproxy.outer(site(Shape.MTLS_PAIR)));
    }

    @Test
    void nginxIsToldTheSameAsTheOthers() throws IOException {
        check("nginx-http1.conf", Nginx.config(Path.of("/lab"), "nginx-only", Nginx.plain(site(Shape.HTTP1))));
        check("nginx-inner.conf", Nginx.inner(site(Shape.MTLS_PAIR)));
        check("nginx-outer.conf", Nginx.outer(site(Shape.MTLS_PAIR)));
    }

    @Test
    void envoyIsToldTheSameAsTheOthers() throws IOException {
        check("envoy-http1.yaml", EnvoyConfig.plain(site(Shape.HTTP1)));
        check("envoy-http2.yaml", EnvoyConfig.http2(site(Shape.HTTP2)));
        check("envoy-tcp.yaml", EnvoyConfig.tcp(site(Shape.TCP)));
        check("envoy-inner.yaml", EnvoyConfig.inner(site(Shape.MTLS_PAIR)));
        check("envoy-outer.yaml", EnvoyConfig.outer(site(Shape.MTLS_PAIR)));
    }

    @Test
    void nghttpxIsToldTheSameAsTheOthers() throws IOException {
        List<String> arguments = Nghttpx.command(site(Shape.HTTP2));
        check("nghttpx-http2.txt", String.join("\n", arguments.subList(1, arguments.size())) + "\n");
    }

    @Test
    void oursIsToldTheSameAsTheOthers() throws IOException {
        String telemetry = "      telemetry: {kafka: \"127.0.0.1:9092\"}\n";
        check("tracery-http1.yaml", OurBootstrap.outbound(site(Shape.HTTP1), telemetry));
        check("tracery-http2.yaml", OurBootstrap.outbound(site(Shape.HTTP2), telemetry));
        check("tracery-tcp.yaml", OurBootstrap.outbound(site(Shape.TCP), telemetry));
        check("tracery-caller.yaml", OurBootstrap.sidecar(site(Shape.MTLS_PAIR), "caller-27100", 27_103, telemetry));
        check("tracery-mesh.yaml", MeshYaml.of(site(Shape.MTLS_PAIR)));
    }

    @Test
    void linkerdIsToldWhatItsChartSays() throws IOException {
        check("linkerd-caller.env", lines(LinkerdConfig.caller(site(Shape.MTLS_PAIR), 27_200)));
        check("linkerd-callee.env", lines(LinkerdConfig.callee(site(Shape.MTLS_PAIR), 27_200)));
    }

    private static String lines(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
                .collect(Collectors.joining());
    }

    static Site site(Shape shape) {
        Path lab = Path.of("/lab");
        return new Site(
                shape,
                lab,
                27_100,
                shape == Shape.HTTP2 ? Backend.HTTP2_PORTS : Backend.HTTP1_PORTS,
                new Site.Identity(
                        lab.resolve("root.pem"),
                        lab.resolve("lab.pem"),
                        lab.resolve("lab-key.pem"),
                        lab.resolve("lab-both.pem"),
                        lab.resolve("tokens"),
                        27_094));
    }

    private static void check(String name, String text) throws IOException {
        Path golden = GOLDEN.resolve(name);
        if (System.getProperty("golden.update") != null) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }
}
