package io.tracery.load.lab.peer;

import io.tracery.load.lab.host.Commands;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** A checkout of linkerd2-proxy's source, built as its own releases are. */
record LinkerdCheckout(Path folder) {

    static final String PROGRAM = "linkerd2-proxy";

    /** Neither is a source. */
    private static final Set<String> NO_SOURCES = Set.of("target", ".git");

    LinkerdCheckout {
        folder = folder.toAbsolutePath();
    }

    /** The program, built when there is none or a source is newer. */
    Path program() throws IOException, InterruptedException {
        if (!Files.exists(folder.resolve(PROGRAM).resolve("Cargo.toml"))) {
            throw new IOException(
                    "--linkerd " + folder + " is no checkout of linkerd2-proxy: it has no " + PROGRAM + "/Cargo.toml");
        }
        Path program = folder.resolve("target/release").resolve(PROGRAM);
        if (!Files.isExecutable(program) || changedSince(Files.getLastModifiedTime(program))) {
            if (Commands.find("cargo").isEmpty()) {
                throw new IOException("to build " + folder + " the lab needs cargo; install Rust, or give the program"
                        + " itself with --linkerd");
            }
            System.err.println("building " + folder + ", which takes some minutes");
            Commands.output(build());
            // Where what changed was none of cargo's business it left the program as it was.
            Files.setLastModifiedTime(program, FileTime.from(Instant.now()));
        }
        return program;
    }

    /** In the folder, so that rustup takes the toolchain that the checkout pins. */
    List<String> build() {
        return List.of(
                "env",
                "--chdir=" + folder,
                // For the metrics of its runtime, as in its releases.
                "RUSTFLAGS=--cfg tokio_unstable",
                "cargo",
                "build",
                "--locked",
                "--release",
                "--package",
                PROGRAM,
                "--target-dir",
                folder.resolve("target").toString());
    }

    boolean changedSince(FileTime built) throws IOException {
        boolean[] changed = new boolean[1];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                Path name = directory.getFileName();
                return name != null && NO_SOURCES.contains(name.toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                changed[0] = attributes.lastModifiedTime().compareTo(built) > 0;
                return changed[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }
        });
        return changed[0];
    }
}
