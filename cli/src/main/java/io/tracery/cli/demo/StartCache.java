package io.tracery.cli.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's ahead-of-time cache for sidecars (JEP 483, 514, 515): classes read, checked and linked once, in a file that all
 * sidecars of a machine map and share. The first demo after a build writes it, by the way, from what one of its sidecars
 * really used; later ones begin with it.
 *
 * @param file where it is
 * @param classPath what it is true for: its jars must be older than it
 */
record StartCache(Path file, String classPath) {

    /** The JVM that writes the cache needs more than a sidecar may have. */
    static final Map<String, String> ENVIRONMENT = Map.of("JDK_AOT_VM_OPTIONS", "-Xmx512m");

    /**
     * JVM options of a sidecar.
     *
     * @param trainee true for the one whose classes are remembered where there is no cache yet
     */
    List<String> options(boolean trainee) {
        if (usable()) {
            return List.of("-XX:AOTCache=" + file);
        }
        return trainee ? List.of("-XX:AOTCacheOutput=" + unfinished()) : List.of();
    }

    /** Puts a cache in its place once the process that wrote it has ended well; throws an unfinished one away. */
    void keep(boolean endedWell) {
        try {
            if (endedWell && Files.exists(unfinished())) {
                Files.move(unfinished(), file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(unfinished());
            }
        } catch (IOException e) {
            throw new DemoException(file + " cannot be written: " + e, e);
        }
    }

    private boolean usable() {
        FileTime written = modified(file);
        if (written == null) {
            return false;
        }
        for (String jar : classPath.split(":", -1)) {
            FileTime built = modified(Path.of(jar));
            if (built == null || built.compareTo(written) > 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return null;
        }
    }

    private Path unfinished() {
        return file.resolveSibling(file.getFileName() + ".new");
    }
}
