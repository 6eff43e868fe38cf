package io.tracery.controlplane.ca;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.controlplane.api.ServiceAccount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Verifies bearer tokens in the shape of Kubernetes service account tokens: a JWT signed with ES256 or RS256 by a key of
 * the JWKS file, for our audience, within its life. Safe for any number of threads.
 */
public final class TokenVerifier {

    private static final int MOST_CHARACTERS = 8 * 1024;
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(20);
    private static final Pattern DOT = Pattern.compile("\\.");

    private final JwksFile jwks;
    private final String audience;
    private final Clock clock;

    private TokenVerifier(JwksFile jwks, String audience, Clock clock) {
        this.jwks = jwks;
        this.audience = audience;
        this.clock = clock;
    }

    /**
     * A verifier that reads the file now, and again whenever it changes.
     *
     * @param audience that a token must be meant for, usually {@link LocalTokens#AUDIENCE}
     * @throws IOException when the file is missing or holds no usable key
     */
    public static TokenVerifier open(Path jwksFile, String audience, Clock clock) throws IOException {
        return new TokenVerifier(new JwksFile(jwksFile, clock), audience, clock);
    }

    /**
     * Whose token this is.
     *
     * @throws TokenRefusedException saying what is wrong with it
     */
    public ServiceAccount verify(String token) throws TokenRefusedException {
        if (token.length() > MOST_CHARACTERS) {
            throw new TokenRefusedException("the token is longer than " + MOST_CHARACTERS + " characters");
        }
        String[] parts = DOT.split(token, -1);
        if (parts.length != 3) {
            throw new TokenRefusedException("the token is not a signed JWT");
        }
        checkSignature(parts);
        JsonNode claims = json("claims", parts[1]);
        checkAudience(claims.path("aud"));
        checkTime(claims);
        try {
            return ServiceAccount.ofSubject(claims.path("sub").asText());
        } catch (IllegalArgumentException e) {
            throw new TokenRefusedException("the token's subject is no service account: " + e.getMessage(), e);
        }
    }

    private void checkSignature(String[] parts) throws TokenRefusedException {
        JsonNode header = json("header", parts[0]);
        if (header.has("crit")) {
            throw new TokenRefusedException("the token's header demands an extension (crit) that is not known here");
        }
        JwtAlgorithm algorithm = switch (header.path("alg").asText()) {
            case "ES256" -> JwtAlgorithm.ES256;
            case "RS256" -> JwtAlgorithm.RS256;
            default -> throw new TokenRefusedException("the token is signed with neither ES256 nor RS256");
        };
        PublicKey key = jwks.keys().find(header.path("kid").asText(), algorithm);
        if (key == null) {
            throw new TokenRefusedException("the token is signed with a key that is not in the JWKS file");
        }
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        if (!algorithm.verify(key, signed, bytes("signature", parts[2]))) {
            throw new TokenRefusedException("the token's signature is wrong");
        }
    }

    private void checkAudience(JsonNode claim) throws TokenRefusedException {
        boolean ours = claim.isTextual() && claim.asText().equals(audience);
        if (claim.isArray()) {
            for (JsonNode one : claim) {
                ours |= one.isTextual() && one.asText().equals(audience);
            }
        }
        if (!ours) {
            throw new TokenRefusedException("the token is not meant for audience " + audience);
        }
    }

    private void checkTime(JsonNode claims) throws TokenRefusedException {
        double now = clock.millis() / 1000.0;
        JsonNode end = claims.path("exp");
        JsonNode begin = claims.path("nbf");
        if (!end.isNumber()) {
            throw new TokenRefusedException("the token has no end of life (exp)");
        }
        if (now >= end.doubleValue() + CLOCK_SKEW.toSeconds()) {
            throw new TokenRefusedException("the token has expired");
        }
        if (!begin.isMissingNode() && !begin.isNumber()) {
            throw new TokenRefusedException("the token's begin of life (nbf) is not a number");
        }
        if (begin.isNumber() && now < begin.doubleValue() - CLOCK_SKEW.toSeconds()) {
            throw new TokenRefusedException("the token is not valid yet");
        }
    }

    private static JsonNode json(String what, String part) throws TokenRefusedException {
        try {
            return Json.object(bytes(what, part));
        } catch (IOException e) {
            throw new TokenRefusedException("the token's " + what + " is not a JSON object", e);
        }
    }

    private static byte[] bytes(String what, String part) throws TokenRefusedException {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new TokenRefusedException("the token's " + what + " is not Base64 as JWTs have it", e);
        }
    }
}
