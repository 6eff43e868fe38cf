package io.tracery.cli.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory with everything that the demo writes. A marker file says that it is the demo's: nothing is ever deleted in
 * a directory without it.
 *
 * @param path absolute
 */
public record DataDir(Path path) {

    private static final String MARKER = ".tracery-demo";

    public DataDir {
        path = path.toAbsolutePath().normalize();
    }

    /**
     * Makes it ready: creates it, or takes it over when it is empty or the demo's already.
     *
     * @throws DemoException when it belongs to something else or cannot be written
     */
    public void prepare() {
        try {
            Files.createDirectories(path);
            if (!Files.exists(path.resolve(MARKER)) && !empty()) {
                throw new DemoException(path + " holds files that are not the demo's: name an empty directory or a new "
                        + "one with --data-dir");
            }
            Files.writeString(
                    path.resolve(MARKER), "Data of tracery demo. --fresh deletes everything beside this file.\n");
            Files.createDirectories(logs());
            Files.createDirectories(sidecars());
        } catch (IOException e) {
            throw new DemoException(
                    "the data directory " + path + " cannot be used: " + e + "; name another with " + "--data-dir", e);
        }
    }

    /**
     * Deletes everything in it; a directory that does not exist is fresh already.
     *
     * @throws DemoException when it is not the demo's
     */
    public void clear() {
        if (!Files.exists(path)) {
            return;
        }
        try {
            if (!Files.exists(path.resolve(MARKER)) && !empty()) {
                throw new DemoException(
                        path + " has no " + MARKER + " file, so it is not the demo's and --fresh leaves it alone");
            }
            Files.walkFileTree(path, new Deleting(path));
        } catch (IOException e) {
            throw new DemoException("the data directory " + path + " could not be emptied: " + e, e);
        }
    }

    /** Where each process writes what it says. */
    public Path logs() {
        return path.resolve("logs");
    }

    public Path log(String process) {
        return logs().resolve(process + ".log");
    }

    /** The bootstrap files of the sidecars. */
    public Path sidecars() {
        return path.resolve("sidecars");
    }

    /** The mesh's trust anchor, which the standalone process writes. */
    public Path trustAnchor() {
        return path.resolve("ca/root.pem");
    }

    Path token(Sidecar sidecar) {
        return path.resolve("tokens/" + sidecar.namespace() + "." + sidecar.serviceAccount() + ".jwt");
    }

    /** Which processes run; an earlier demo's that still do are found by it. */
    Path processes() {
        return path.resolve("processes");
    }

    private boolean empty() throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isEmpty();
        }
    }

    /** Deletes below a directory, never through a link, and not the marker: an interrupted deletion can be repeated. */
    private static final class Deleting extends SimpleFileVisitor<Path> {

        private final Path top;

        Deleting(Path top) {
            this.top = top;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!file.equals(top.resolve(MARKER))) {
                Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            if (!directory.equals(top)) {
                Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
