package io.tracery.cli.tap;

import io.tracery.cli.demo.Installation;
import io.tracery.cli.graph.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the token comes from: a file that is named, the environment, or the demo on this machine. Never the command line. */
final class TapToken {

    private static final String ENVIRONMENT = "TRACERY_TAP_TOKEN";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the tap token; default: " + ENVIRONMENT
                    + " in the environment, else the one that a demo wrote into its data directory.")
    private @Nullable Path file;

    private Path dataDir = Installation.find().standardDataDir();

    String find() throws Api.Refused {
        if (file != null) {
            return read(file);
        }
        String token = System.getenv(ENVIRONMENT);
        if (token != null && !token.isBlank()) {
            return token.strip();
        }
        Path local = dataDir.resolve("tokens").resolve("tap.token");
        if (!Files.exists(local)) {
            throw new Api.Refused("there is no tap token: name a file that holds one by --token-file, or put it into "
                    + ENVIRONMENT + ".\nA demo writes one to " + local);
        }
        return read(local);
    }

    private static String read(Path from) throws Api.Refused {
        try {
            String token = Files.readString(from).strip();
            if (token.isEmpty()) {
                throw new Api.Refused("the tap token's file " + from + " is empty");
            }
            return token;
        } catch (IOException e) {
            throw new Api.Refused("the tap token's file " + from + " cannot be read: " + e);
        }
    }

    void dataDir(Path other) {
        dataDir = other;
    }
}
