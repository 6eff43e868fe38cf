package io.tracery.controlplane.ca;

import io.tracery.controlplane.api.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Set;

/** Files that appear whole or not at all, with their permissions from the first moment. */
final class CaFiles {

    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-r--r--");

    private CaFiles() {}

    /** Writes what only the owner may read: keys and tokens. */
    static void writeSecret(Path file, String text) throws IOException {
        write(file, text, OWNER);
    }

    /** Writes what everybody may read: certificates and public keys. */
    static void writePublic(Path file, String text) throws IOException {
        write(file, text, EVERYBODY);
    }

    private static void write(Path file, String text, Set<PosixFilePermission> permissions) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path partial = Files.createTempFile(folder, ".partial-", "", PosixFilePermissions.asFileAttribute(OWNER));
        try {
            Files.write(partial, text.getBytes(StandardCharsets.US_ASCII));
            Files.setPosixFilePermissions(partial, permissions);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /**
     * Reads an EC private key that only its owner can read.
     *
     * @throws IOException when others can read it too, or it is no such key
     */
    static PrivateKey readKey(Path file) throws IOException {
        if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
            throw new IOException(file + " can be read by others than its owner; run: chmod 600 " + file);
        }
        try {
            byte[] der = Pem.decode(Pem.PRIVATE_KEY, Files.readString(file));
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException(file + " is not an EC private key in PKCS#8 PEM: " + e.getMessage(), e);
        }
    }
}
