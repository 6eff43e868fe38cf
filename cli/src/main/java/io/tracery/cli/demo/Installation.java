package io.tracery.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built source tree that the demo runs from.
 *
 * @param root the directory with {@code pom.xml}
 */
public record Installation(Path root) {

    /** The property that the {@code tracery} script sets to its own directory. */
    public static final String PROPERTY = "tracery.home";

    /** The tree that the script named; the working directory where nobody named one. */
    public static Installation find() {
        return new Installation(
                Path.of(System.getProperty(PROPERTY, "")).toAbsolutePath().normalize());
    }

    /** The shop's mesh configuration. */
    public Path meshDir() {
        return root.resolve("examples/shop/mesh");
    }

    /** Where data goes unless the person says otherwise. */
    public Path standardDataDir() {
        return root.resolve("data");
    }

    /** JVM options that a module keeps in its {@code jvm.options}; none where it has no such file. */
    List<String> jvmOptions(String module) {
        Path options = root.resolve(module).resolve("jvm.options");
        return Files.exists(options) ? List.of("@" + options) : List.of();
    }

    /**
     * The class path of a process: its own jar and the jars beside it.
     *
     * @throws DemoException when the module is not built
     */
    public String classPath(String module) {
        Path target = root.resolve(module).resolve("target");
        Path libraries = target.resolve("app/lib");
        if (!Files.isDirectory(libraries)) {
            throw notBuilt(module);
        }
        try (Stream<Path> files = Files.list(target)) {
            Path jar = files.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith("tracery-") && name.endsWith(".jar") && !name.endsWith("-tests.jar");
                    })
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> notBuilt(module));
            return jar + ":" + libraries(libraries);
        } catch (IOException e) {
            throw new DemoException(target + " cannot be read: " + e, e);
        }
    }

    private static DemoException notBuilt(String module) {
        return new DemoException(
                module + " is not built: run ./tracery, which builds what is missing, or mvn -DskipTests package");
    }

    /**
     * Jars in an order that does not depend on the file system. OTLP's own classes go first: the jar of Envoy's API holds
     * older ones of the same names.
     */
    private static String libraries(Path folder) throws IOException {
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.map(Path::toString)
                    .sorted(Comparator.comparing((String jar) -> !jar.contains("opentelemetry-proto"))
                            .thenComparing(Comparator.naturalOrder()))
                    .collect(Collectors.joining(":"));
        }
    }

    /** The Java that runs this. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
