package io.tracery.controlplane.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PemTest {

    @Test
    void readsWhatItWrites() {
        byte[] der = new byte[100];
        for (int i = 0; i < der.length; i++) {
            der[i] = (byte) i;
        }
        String text = Pem.encode(Pem.CERTIFICATE, der);

        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(64));
        assertThat(Pem.decode(Pem.CERTIFICATE, text)).isEqualTo(der);
    }

    @Test
    void refusesAnotherLabelASecondBlockAndWhatIsNotBase64() {
        String block = Pem.encode(Pem.CERTIFICATE, new byte[] {1});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.decode(Pem.PRIVATE_KEY, block))
                .withMessageContaining("no PEM block \"PRIVATE KEY\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.decode(Pem.CERTIFICATE, block + block))
                .withMessageContaining("more than one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pem.decode(Pem.CERTIFICATE, block.replace("AQ==", "A!==")))
                .withMessageContaining("not Base64");
    }
}
