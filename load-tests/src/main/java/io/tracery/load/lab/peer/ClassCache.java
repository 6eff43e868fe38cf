package io.tracery.load.lab.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The JVM's ahead-of-time cache (JEP 483, 514, 515) that our proxy begins with, as the demo's sidecars do. The lab makes it
 * from a caller's sidecar under load, when there is none or the proxy was built since.
 */
public final class ClassCache {

    /** The JVM that writes the cache needs more than a sidecar may have. */
    static final Map<String, String> ENVIRONMENT = Map.of("JDK_AOT_VM_OPTIONS", "-Xmx512m");

    private final Path file;
    private boolean training;

    public ClassCache(Path file) {
        this.file = file;
    }

    /** True when it is there and newer than the proxy. */
    public boolean usable(Path root) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        try (Stream<Path> built = Files.walk(root.resolve("proxy/target"), 3)) {
            List<Path> jars =
                    built.filter(path -> path.toString().endsWith(".jar")).toList();
            for (Path jar : jars) {
                if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(file)) > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** From now on, until {@link #trained}, a proxy that starts writes the cache at its end. */
    public void train() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.deleteIfExists(file);
        training = true;
    }

    /** The cache is there; proxies begin with it. */
    public void trained() throws IOException {
        training = false;
        if (!Files.exists(file)) {
            throw new IOException("the proxy wrote no class cache to " + file);
        }
    }

    /** JVM options of a proxy; of a pair, the caller's is the one that is learned from. */
    List<String> options(String role) {
        if (training) {
            return role.startsWith("caller") ? List.of("-XX:AOTCacheOutput=" + file) : List.of();
        }
        return Files.exists(file) ? List.of("-XX:AOTCache=" + file) : List.of();
    }
}
