package io.tracery.cli.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the demo consists of, decided before anything starts.
 *
 * @param data where everything is written
 * @param sidecars from the mesh folder
 * @param rate requests per second of the load generator
 */
public record DemoPlan(Installation installation, Path meshDir, DataDir data, List<Sidecar> sidecars, int rate) {

    private static final List<String> EVERY_JVM = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /**
     * Some fifteen JVMs become warm at the same time on perhaps two cores: that the optimising compiler stays off saves
     * more than it would ever give at a demo's load.
     */
    private static final String QUICK = "-XX:TieredStopAtLevel=1";

    private static final List<String> LIGHT = List.of(QUICK, "-Xmx192m");

    /** Whose classes are remembered: it speaks HTTP and gRPC, mutual TLS in both directions, xDS and Kafka. */
    private static final String TRAINEE = "checkout-1";

    public DemoPlan {
        sidecars = List.copyOf(sidecars);
    }

    /** The demo of the shop. */
    public static DemoPlan of(Installation installation, DataDir data, int rate) {
        Path mesh = installation.meshDir();
        return new DemoPlan(installation, mesh, data, MeshFolder.sidecars(mesh), rate);
    }

    public Ports ports() {
        return Ports.of(sidecars);
    }

    public String trustDomain() {
        return Configuration.TRUST_DOMAIN;
    }

    /** The front's inbound port: where customers enter. */
    public int frontPort() {
        return sidecars.stream()
                .filter(sidecar -> sidecar.workload().equals("front"))
                .findFirst()
                .orElseThrow(() -> new DemoException(meshDir + " has no Sidecar of the workload front"))
                .inbound()
                .getFirst()
                .port();
    }

    Child.Command standalone() {
        Path config = new Configuration(data).standalone(meshDir);
        return java(
                "standalone",
                List.of(QUICK, "-Xmx768m"),
                "standalone",
                List.of("io.tracery.standalone.StandaloneApp", "--config", config.toString()),
                Map.of());
    }

    /** All of the shop in one process; the environment sends each instance to its own sidecar for its peers. */
    Child.Command shop() {
        Map<String, String> environment = new HashMap<>();
        environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", Demo.url(Ports.OTLP_GRPC, ""));
        for (Sidecar sidecar : sidecars) {
            String prefix = sidecar.name().replace('-', '_').toUpperCase(Locale.ROOT);
            environment.put(
                    prefix + "_PORT",
                    Integer.toString(sidecar.inbound().getFirst().applicationPort()));
            for (Sidecar.Outbound outbound : sidecar.outbound()) {
                String peer = outbound.service().replace('-', '_').toUpperCase(Locale.ROOT);
                environment.put(prefix + "_" + peer + "_ADDR", outbound.address());
            }
        }
        return java("shop", LIGHT, "examples/shop", List.of("io.tracery.shop.ShopApp"), environment);
    }

    /** One process per sidecar, with the memory settings of a real deployment. */
    List<Child.Command> sidecarCommands() {
        Configuration configuration = new Configuration(data);
        StartCache cache = startCache();
        List<Child.Command> commands = new ArrayList<>();
        for (Sidecar sidecar : sidecars) {
            Path bootstrap = configuration.bootstrap(sidecar);
            List<String> options = new ArrayList<>(installation.jvmOptions("proxy"));
            options.add(QUICK);
            options.addAll(cache.options(sidecar.name().equals(TRAINEE)));
            commands.add(java(
                    "sidecar-" + sidecar.name(),
                    options,
                    "proxy",
                    List.of("io.tracery.proxy.ProxyApp", "--bootstrap", bootstrap.toString()),
                    StartCache.ENVIRONMENT));
        }
        return commands;
    }

    /** What sidecars begin with instead of reading, checking and linking thousands of classes each. */
    StartCache startCache() {
        return new StartCache(installation.root().resolve("proxy/target/sidecar.aot"), installation.classPath("proxy"));
    }

    /** The process that writes the cache where there is none. */
    String trainee() {
        return "sidecar-" + TRAINEE;
    }

    Child.Command loadGenerator() {
        return java(
                "load-generator",
                LIGHT,
                "examples/shop",
                List.of(
                        "io.tracery.shop.load.LoadGenerator",
                        "--target",
                        Ports.LOOPBACK + ":" + frontPort(),
                        "--rate",
                        Integer.toString(rate),
                        "--control-port",
                        Integer.toString(Ports.LOAD_CONTROL)),
                Map.of());
    }

    private Child.Command java(
            String name,
            List<String> options,
            String module,
            List<String> mainAndArguments,
            Map<String, String> environment) {
        List<String> words = new ArrayList<>();
        words.add(Installation.java().toString());
        // A module with an options file says the rest itself.
        if (options.stream().noneMatch(option -> option.startsWith("@"))) {
            words.addAll(EVERY_JVM);
        }
        words.addAll(options);
        words.add("-cp");
        words.add(installation.classPath(module));
        words.addAll(mainAndArguments);
        return new Child.Command(name, words, environment);
    }
}
