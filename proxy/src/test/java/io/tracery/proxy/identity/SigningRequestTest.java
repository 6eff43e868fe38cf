package io.tracery.proxy.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.controlplane.api.Pem;
import io.tracery.controlplane.api.SpiffeId;
import java.security.KeyPair;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the small DER writer makes, read by a library that knows all of PKCS#10. */
class SigningRequestTest {

    /** Lengths around the places where DER's own length takes one octet more. */
    @ParameterizedTest
    @ValueSource(ints = {1, 40, 60, 80, 100, 120, 200, 230, 253})
    void isARequestThatOthersReadAndVerify(int nameLength) throws Exception {
        KeyPair pair = TestAuthority.newKey();
        SpiffeId id = SpiffeId.parse("spiffe://tracery.local/ns/shop/sa/" + "a".repeat(nameLength));

        var request = new JcaPKCS10CertificationRequest(Pem.decode(Pem.SIGNING_REQUEST, SigningRequest.pem(pair, id)));

        assertThat(request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(pair.getPublic())))
                .isTrue();
        assertThat(request.getPublicKey()).isEqualTo(pair.getPublic());
        assertThat(request.getSubject().getRDNs()).isEmpty();
        GeneralName[] names = GeneralNames.fromExtensions(
                        request.getRequestedExtensions(), Extension.subjectAlternativeName)
                .getNames();
        assertThat(names).containsExactly(new GeneralName(GeneralName.uniformResourceIdentifier, id.toString()));
    }
}
