package io.tracery.proxy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tracery.controlplane.api.SpiffeId;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SvidTest {

    private static final long SEED = 20261130;
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 5_000);

    private static final String CART = "spiffe://tracery.local/ns/shop/sa/cart";
    private static final GeneralName CART_NAME = uri(CART);

    @TempDir
    Path folder;

    private TestAuthority authority;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority(folder);
    }

    @AfterEach
    void stop() {
        authority.close();
    }

    @Test
    void takesALeafWithOneSpiffeId() throws Exception {
        assertThat(Svid.check(certificate(KeyUsage.digitalSignature, CART_NAME)))
                .isEqualTo(SpiffeId.parse(CART));
        assertThat(Svid.check(certificate(
                        KeyUsage.digitalSignature, new GeneralName(GeneralName.dNSName, "cart.shop"), CART_NAME)))
                .isEqualTo(SpiffeId.parse(CART));
    }

    @Test
    void refusesEveryOtherName() throws Exception {
        refuses(certificate(KeyUsage.digitalSignature, new GeneralName(GeneralName.dNSName, "cart")), "no URI");
        refuses(certificate(KeyUsage.digitalSignature, CART_NAME, uri(CART + "2")), "more than one URI");
        refuses(certificate(KeyUsage.digitalSignature, uri("https://tracery.local/cart")), "no SPIFFE ID");
        refuses(certificate(KeyUsage.digitalSignature, uri("spiffe://tracery.local/a/../b")), "no SPIFFE ID");
        refuses(certificate(KeyUsage.digitalSignature, uri("spiffe://tracery.local")), "not a workload");
    }

    @Test
    void refusesAKeyThatMaySignCertificates() throws Exception {
        refuses(certificate(KeyUsage.digitalSignature | KeyUsage.keyCertSign, CART_NAME), "signatures alone");
        refuses(certificate(KeyUsage.digitalSignature | KeyUsage.cRLSign, CART_NAME), "signatures alone");
        refuses(certificate(KeyUsage.keyAgreement, CART_NAME), "signatures alone");
    }

    @Test
    void refusesAnAuthority() throws Exception {
        var builder = TestAuthority.builder(
                TestAuthority.newKey().getPublic(), Duration.ofHours(1), new X500Principal("CN=x"));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(CART_NAME));

        refuses(authority.sign(builder), "an authority's");
    }

    /** Bytes are changed, put in and cut out all over a leaf that would be taken: what the JDK can still read is one ID or a reason. */
    @Test
    void garbageIsAnIdOrAReason() throws Exception {
        byte[] leaf = certificate(KeyUsage.digitalSignature, CART_NAME).getEncoded();
        CertificateFactory reader = CertificateFactory.getInstance("X.509");
        SplittableRandom random = new SplittableRandom(SEED);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] garbage = garbled(leaf, random);
            try {
                X509Certificate certificate =
                        (X509Certificate) reader.generateCertificate(new ByteArrayInputStream(garbage));
                read++;
                assertThat(Svid.check(certificate).path()).isNotEmpty();
            } catch (CertificateException reason) {
                assertThat(reason.getMessage())
                        .as(() -> HexFormat.of().formatHex(garbage))
                        .isNotBlank();
            } catch (RuntimeException e) {
                // The leaf has a key of its own each time, so that no seed brings it back.
                throw new AssertionError(HexFormat.of().formatHex(garbage), e);
            }
        }
        assertThat(read).as("garbage that can be read as a certificate").isGreaterThan(ROUNDS / 20);
    }

    private static byte[] garbled(byte[] leaf, SplittableRandom random) {
        byte[] garbage = leaf.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(garbage.length);
            switch (random.nextInt(8)) {
                case 0 -> garbage = Arrays.copyOf(garbage, Math.max(1, at));
                case 1 -> System.arraycopy(garbage, 0, garbage, at, Math.min(at, garbage.length - at));
                default -> garbage[at] = (byte) random.nextInt(256);
            }
        }
        return garbage;
    }

    private X509Certificate certificate(int usage, GeneralName... names) throws Exception {
        var builder = TestAuthority.builder(
                TestAuthority.newKey().getPublic(), Duration.ofHours(1), new X500Principal("CN=x"));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        return authority.sign(builder);
    }

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private static void refuses(X509Certificate leaf, String why) {
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Svid.check(leaf))
                .withMessageContaining(why);
    }
}
