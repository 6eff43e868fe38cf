package io.tracery.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tracery.controlplane.api.ServiceAccount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenVerifierTest {

    private static final ServiceAccount CART = new ServiceAccount("shop", "cart");
    private static final String SUBJECT = "system:serviceaccount:shop:cart";
    private static final KeyPair RSA = Requests.rsa(2048);
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock();
    private Path jwks = Path.of("");
    private TokenVerifier verifier;

    @BeforeEach
    void writeJwks() throws Exception {
        jwks = folder.resolve("rsa.json");
        Files.writeString(jwks, Json.MAPPER.writeValueAsString(Map.of("keys", List.of(jwk(RSA, "one")))));
        verifier = TokenVerifier.open(jwks, LocalTokens.AUDIENCE, clock);
    }

    @Test
    void readsTheServiceAccountOfALocalToken() throws Exception {
        try (LocalTokens tokens = LocalTokens.open(folder, clock)) {
            tokens.keep(Set.of(CART));

            assertThat(TokenVerifier.open(tokens.jwksFile(), LocalTokens.AUDIENCE, clock)
                            .verify(Files.readString(tokens.tokenFile(CART))))
                    .isEqualTo(CART);
        }
    }

    @Test
    void readsTheServiceAccountOfAKubernetesToken() throws Exception {
        assertThat(verifier.verify(
                        token(Map.of("alg", "RS256", "kid", "one"), claims("aud", new String[] {"x", "tracery-ca"}))))
                .isEqualTo(CART);
        assertThat(verifier.verify(token(Map.of("alg", "RS256"), claims("aud", "tracery-ca"))))
                .isEqualTo(CART);
    }

    @Test
    void refusesAnotherAudienceSubjectOrTime() {
        Map<String, Object> header = Map.of("alg", "RS256", "kid", "one");
        long now = clock.instant().getEpochSecond();

        refuses(token(header, claims("aud", "other")), "audience");
        refuses(token(header, claims("aud", 5)), "audience");
        refuses(token(header, claims("sub", "system:node:a")), "no service account");
        refuses(token(header, claims("exp", now - 21)), "expired");
        refuses(token(header, claims("exp", "soon")), "no end of life");
        refuses(token(header, claims("exp", -1e300)), "expired");
        refuses(token(header, claims("nbf", now + 21)), "not valid yet");
        refuses(token(header, claims("nbf", "then")), "not a number");
    }

    @Test
    void allowsTwentySecondsOfSkew() throws Exception {
        Map<String, Object> header = Map.of("alg", "RS256", "kid", "one");
        long now = clock.instant().getEpochSecond();

        assertThat(verifier.verify(token(header, claims("exp", now - 19)))).isEqualTo(CART);
        assertThat(verifier.verify(token(header, claims("nbf", now + 19)))).isEqualTo(CART);
    }

    @Test
    void refusesUnsignedForgedAndForeignTokens() {
        String good = token(Map.of("alg", "RS256", "kid", "one"), claims("x", "y"));
        String[] parts = good.split("\\.");
        String otherClaims = base64(
                "{\"sub\":\"system:serviceaccount:kube-system:admin\",\"aud\":\"tracery-ca\",\"exp\":9999999999}");

        refuses(token(Map.of("alg", "none"), claims("x", "y")), "neither ES256 nor RS256");
        refuses(token(Map.of("alg", "HS256", "kid", "one"), claims("x", "y")), "neither ES256 nor RS256");
        refuses(token(Map.of("alg", "ES256", "kid", "one"), claims("x", "y")), "not in the JWKS file");
        refuses(token(Map.of("alg", "RS256", "kid", "two"), claims("x", "y")), "not in the JWKS file");
        refuses(token(Map.of("alg", "RS256", "kid", "one", "crit", "b64"), claims("x", "y")), "crit");
        refuses(parts[0] + "." + otherClaims + "." + parts[2], "signature is wrong");
        refuses(parts[0] + "." + parts[1] + ".", "signature is wrong");
        refuses(parts[0] + "." + parts[1], "not a signed JWT");
        refuses(good + ".", "not a signed JWT");
        refuses("a.b.c", "not Base64");
        refuses("MQ.MQ.MQ", "not a JSON object");
        refuses("", "not a signed JWT");
        refuses("x".repeat(9000), "longer than");
    }

    @Test
    void takesUpANewKeyAndKeepsTheLastOnesWhileTheFileIsBroken() throws Exception {
        KeyPair next = Requests.rsa(2048);
        String old = token(Map.of("alg", "RS256", "kid", "one"), claims("x", "y"));
        Files.writeString(jwks, "{\"keys\": [");
        clock.advance(Duration.ofSeconds(2));

        assertThat(verifier.verify(old)).isEqualTo(CART);

        Files.writeString(jwks, Json.MAPPER.writeValueAsString(Map.of("keys", List.of(jwk(next, "longer-name")))));
        clock.advance(Duration.ofSeconds(2));

        refuses(old, "not in the JWKS file");
    }

    @Test
    void saysWhatIsWrongWithAFileAtTheStart() throws Exception {
        Path missing = folder.resolve("missing.json");
        assertThatIOException()
                .isThrownBy(() -> TokenVerifier.open(missing, LocalTokens.AUDIENCE, clock))
                .withMessageContaining(missing.toString());

        Files.writeString(jwks, "{\"keys\": [{\"kty\": \"oct\", \"k\": \"AA\"}]}");
        assertThatIOException()
                .isThrownBy(() -> TokenVerifier.open(jwks, LocalTokens.AUDIENCE, clock))
                .withMessageContaining("no EC P-256 or RSA");
    }

    private void refuses(String token, String why) {
        assertThatExceptionOfType(TokenRefusedException.class)
                .isThrownBy(() -> verifier.verify(token))
                .withMessageContaining(why);
    }

    private Map<String, Object> claims(String name, Object value) {
        Map<String, Object> claims = new HashMap<>(Map.of(
                "sub", SUBJECT, "aud", "tracery-ca", "exp", clock.instant().getEpochSecond() + 600));
        claims.put(name, value);
        return claims;
    }

    private static String token(Map<String, Object> header, Map<String, Object> claims) {
        try {
            String signed = base64(Json.MAPPER.writeValueAsString(header)) + "."
                    + base64(Json.MAPPER.writeValueAsString(claims));
            byte[] signature = JwtAlgorithm.RS256.sign(RSA.getPrivate(), signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature);
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> jwk(KeyPair pair, String id) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return Map.of(
                "kty",
                "RSA",
                "kid",
                id,
                "n",
                BASE64.encodeToString(key.getModulus().toByteArray()),
                "e",
                BASE64.encodeToString(key.getPublicExponent().toByteArray()));
    }

    private static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
