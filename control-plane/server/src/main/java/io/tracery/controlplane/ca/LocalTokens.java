package io.tracery.controlplane.ca;

import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.process.Component;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens where no Kubernetes mints them: on a laptop, in a test. Signs with a key of its own making, writes one file
 * {@code <namespace>.<name>.jwt} for each service account that is asked for, readable by the owner only, and renews the
 * files at half their life for as long as it runs.
 */
public final class LocalTokens implements Component {

    /** The audience of a token that is meant for the mesh's certificate authority. */
    public static final String AUDIENCE = "tracery-ca";

    private static final Logger log = LoggerFactory.getLogger(LocalTokens.class);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final Duration LIFE = Duration.ofHours(24);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(10);
    private static final int COORDINATE_BYTES = 32;
    private static final int TAP_TOKEN_BYTES = 24;
    private static final String TAP_TOKEN_FILE = "tap.token";

    private final Path folder;
    private final Clock clock;
    private final PrivateKey key;
    private final String keyId;
    private final String tapToken;

    /** When each account's file is written anew. Guarded by this. */
    private final Map<ServiceAccount, Instant> renewAt = new HashMap<>();

    private @Nullable Thread renewals;

    private LocalTokens(Path folder, Clock clock, PrivateKey key, String keyId, String tapToken) {
        this.folder = folder;
        this.clock = clock;
        this.key = key;
        this.keyId = keyId;
        this.tapToken = tapToken;
    }

    /**
     * Makes a new signing key and writes its public half to {@code jwks.json}. The private half is never written, so
     * nobody can mint tokens once this process has ended; its tokens are replaced when it starts again.
     *
     * @throws IOException when the folder cannot be written
     */
    public static LocalTokens open(Path folder, Clock clock) throws IOException {
        Files.createDirectories(folder);
        KeyPair pair = Keys.generate();
        ECPublicKey publicKey = (ECPublicKey) pair.getPublic();
        String x = coordinate(publicKey.getW().getAffineX());
        String y = coordinate(publicKey.getW().getAffineY());
        // RFC 7638: the name of a key is the digest of exactly this text.
        String thumbprint = sha256("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" + x + "\",\"y\":\"" + y + "\"}");
        Map<String, String> jwk = new LinkedHashMap<>();
        jwk.put("kty", "EC");
        jwk.put("crv", "P-256");
        jwk.put("x", x);
        jwk.put("y", y);
        jwk.put("kid", thumbprint);
        jwk.put("alg", "ES256");
        jwk.put("use", "sig");
        CaFiles.writePublic(folder.resolve("jwks.json"), json(Map.of("keys", List.of(jwk))));
        byte[] random = new byte[TAP_TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String tapToken = BASE64.encodeToString(random);
        CaFiles.writeSecret(folder.resolve(TAP_TOKEN_FILE), tapToken);
        return new LocalTokens(folder, clock, pair.getPrivate(), thumbprint, tapToken);
    }

    /** The public key, for {@link TokenVerifier}. */
    public Path jwksFile() {
        return folder.resolve("jwks.json");
    }

    /** Lets who can read this process's files look at single exchanges; in {@code tap.token}, new at each start. */
    public String tapToken() {
        return tapToken;
    }

    /** Where an account's token is or will be. */
    public Path tokenFile(ServiceAccount account) {
        return folder.resolve(account.namespace() + "." + account.name() + ".jwt");
    }

    /**
     * Sees to it that each of these accounts has a token, from now on until this closes. Cheap when nothing is due.
     *
     * @throws IOException when a file cannot be written
     */
    public synchronized void keep(Set<ServiceAccount> accounts) throws IOException {
        Instant now = clock.instant();
        for (ServiceAccount account : accounts) {
            Instant due = renewAt.get(account);
            if (due == null || !now.isBefore(due)) {
                CaFiles.writeSecret(tokenFile(account), mint(account, now));
                renewAt.put(account, now.plus(LIFE.dividedBy(2)));
            }
        }
    }

    private synchronized void renew() {
        try {
            keep(Set.copyOf(renewAt.keySet()));
        } catch (IOException e) {
            log.warn("Tokens in {} could not be renewed: {}", folder, e.toString());
        }
    }

    private String mint(ServiceAccount account, Instant now) throws IOException {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", "tracery-local");
        claims.put("sub", account.subject());
        claims.put("aud", List.of(AUDIENCE));
        claims.put("iat", now.getEpochSecond());
        claims.put("nbf", now.getEpochSecond());
        claims.put("exp", now.plus(LIFE).getEpochSecond());
        String header = json(Map.of("alg", "ES256", "kid", keyId, "typ", "JWT"));
        String signed = base64(header) + "." + base64(json(claims));
        try {
            byte[] signature = JwtAlgorithm.ES256.sign(key, signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK signs with ECDSA", e);
        }
    }

    private static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String coordinate(BigInteger number) {
        byte[] digits = number.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int length = Math.min(digits.length, COORDINATE_BYTES);
        System.arraycopy(digits, digits.length - length, fixed, COORDINATE_BYTES - length, length);
        return BASE64.encodeToString(fixed);
    }

    private static String sha256(String text) {
        try {
            return BASE64.encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String json(Object value) {
        try {
            return Json.MAPPER.writeValueAsString(value);
        } catch (IOException e) {
            throw new IllegalStateException("maps of texts and numbers can be written", e);
        }
    }

    @Override
    public String name() {
        return "local-tokens";
    }

    @Override
    public synchronized void start() {
        renewals = Thread.ofVirtual().name("local-tokens").start(this::renewWhileOpen);
    }

    private void renewWhileOpen() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                renew();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public synchronized void close() {
        if (renewals != null) {
            renewals.interrupt();
        }
    }
}
