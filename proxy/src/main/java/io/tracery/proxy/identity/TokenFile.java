package io.tracery.proxy.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service account token as it lies on the disk, where it is replaced while the proxy runs. */
public final class TokenFile {

    private static final long MOST_BYTES = 64 * 1024;

    private TokenFile() {}

    /** @throws IOException saying what is wrong with the file */
    public static String read(Path file) throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("the token file " + file + " has more than " + MOST_BYTES + " bytes");
            }
            String token = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (token.isEmpty()) {
                throw new IOException("the token file " + file + " is empty");
            }
            return token;
        } catch (FileSystemException e) {
            throw new IOException("the token file " + file + " cannot be read: " + e, e);
        }
    }
}
