package io.tracery.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tracery.controlplane.api.Pem;
import java.security.KeyPair;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningRequestTest {

    private static final int ROUNDS = 3000;

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1"})
    void takesEllipticCurves(String curve) throws Exception {
        KeyPair pair = Requests.ec(curve);

        assertThat(SigningRequest.parse(Requests.pem(pair, pair, "SHA256withECDSA"))
                        .publicKey())
                .isEqualTo(pair.getPublic());
    }

    @Test
    void takesRsa() throws Exception {
        KeyPair pair = Requests.rsa(2048);

        assertThat(SigningRequest.parse(Requests.pem(pair, pair, "SHA256withRSA"))
                        .publicKey())
                .isEqualTo(pair.getPublic());
    }

    @Test
    void refusesAKeyThatItsSenderDoesNotHold() {
        refuses(
                Requests.pem(Requests.ec("secp256r1"), Requests.ec("secp256r1"), "SHA256withECDSA"),
                "not signed with the private key");
    }

    @Test
    void refusesWeakAndUnusualKeysAndSignatures() {
        KeyPair small = Requests.rsa(1024);
        KeyPair unusual = Requests.ec("secp521r1");
        KeyPair good = Requests.ec("secp256r1");

        refuses(Requests.pem(small, small, "SHA256withRSA"), "1024 bits");
        refuses(Requests.pem(unusual, unusual, "SHA256withECDSA"), "neither EC on P-256");
        refuses(Requests.pem(good, good, "SHA1withECDSA"), "SHA-256");
    }

    @Test
    void refusesWhatIsNoRequest() {
        refuses("", "no PEM block");
        refuses(Pem.encode(Pem.SIGNING_REQUEST, new byte[] {0x30, 0x03, 0x02, 0x01, 0x00}), "not a PKCS#10 request");
        refuses("x".repeat(20_000), "longer than");
    }

    @Test
    void refusesWhateverBytesComeWithoutAnyOtherFailure() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        KeyPair pair = Requests.ec("secp256r1");
        byte[] good = Pem.decode(Pem.SIGNING_REQUEST, Requests.pem(pair, pair, "SHA256withECDSA"));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = good.clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            }
            try {
                SigningRequest.parse(Pem.encode(Pem.SIGNING_REQUEST, bytes));
                assertThat(bytes)
                        .as("a changed request passed, -Dseed=%d", seed)
                        .isEqualTo(good);
            } catch (SigningRequestException refused) {
                assertThat(refused).as("-Dseed=%d", seed).hasMessageNotContaining("null");
            }
        }
    }

    private static void refuses(String pem, String why) {
        assertThatExceptionOfType(SigningRequestException.class)
                .isThrownBy(() -> SigningRequest.parse(pem))
                .withMessageContaining(why);
    }
}
