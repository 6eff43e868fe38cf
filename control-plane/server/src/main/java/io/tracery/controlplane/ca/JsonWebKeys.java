package io.tracery.controlplane.ca;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a JWK set (RFC 7517) that can verify our tokens; a key of another type or use is passed over, as the
 * standard asks.
 *
 * @param keys at least one
 */
record JsonWebKeys(List<Entry> keys) {

    private static final int LEAST_RSA_BITS = 2048;

    /**
     * @param id the key's {@code kid}, empty when it has none
     * @param algorithm the only one that this key may verify
     */
    record Entry(String id, JwtAlgorithm algorithm, PublicKey key) {}

    JsonWebKeys {
        keys = List.copyOf(keys);
    }

    /**
     * Reads a set.
     *
     * @throws IOException when it is none, holds a broken key, or no key that could verify a token
     */
    static JsonWebKeys parse(byte[] json) throws IOException {
        List<Entry> keys = new ArrayList<>();
        for (JsonNode key : Json.object(json).path("keys")) {
            Entry entry = entry(key);
            if (entry != null) {
                keys.add(entry);
            }
        }
        if (keys.isEmpty()) {
            throw new IOException("it holds no EC P-256 or RSA signature key under \"keys\"");
        }
        return new JsonWebKeys(keys);
    }

    /** The key that the token names, or the only one there is for its algorithm when it names none. */
    @Nullable
    PublicKey find(String id, JwtAlgorithm algorithm) {
        List<Entry> fitting = keys.stream()
                .filter(entry -> entry.algorithm() == algorithm
                        && (id.isEmpty() || entry.id().equals(id)))
                .toList();
        return fitting.size() == 1 ? fitting.getFirst().key() : null;
    }

    private static @Nullable Entry entry(JsonNode key) throws IOException {
        String use = key.path("use").asText("sig");
        String type = key.path("kty").asText();
        if (!use.equals("sig")) {
            return null;
        }
        String id = key.path("kid").asText();
        try {
            if (type.equals("EC") && key.path("crv").asText().equals("P-256")) {
                return new Entry(id, JwtAlgorithm.ES256, ecKey(number(key, "x"), number(key, "y")));
            }
            if (type.equals("RSA")) {
                return new Entry(id, JwtAlgorithm.RS256, rsaKey(number(key, "n"), number(key, "e")));
            }
            return null;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("key \"" + id + "\": " + e.getMessage(), e);
        }
    }

    private static PublicKey ecKey(BigInteger x, BigInteger y) throws GeneralSecurityException {
        AlgorithmParameters p256 = AlgorithmParameters.getInstance("EC");
        p256.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec curve = p256.getParameterSpec(ECParameterSpec.class);
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve));
    }

    private static PublicKey rsaKey(BigInteger modulus, BigInteger exponent) throws GeneralSecurityException {
        if (modulus.bitLength() < LEAST_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key has at least " + LEAST_RSA_BITS + " bits");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    private static BigInteger number(JsonNode key, String field) {
        byte[] digits = Base64.getUrlDecoder().decode(key.path(field).asText());
        if (digits.length == 0) {
            throw new IllegalArgumentException("\"" + field + "\" is missing");
        }
        return new BigInteger(1, digits);
    }
}
