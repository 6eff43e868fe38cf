package io.tracery.load.lab.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {

    @Test
    void givesEachPortAPodOfItsOwn() {
        assertThat(NetworkNamespace.pod(27_100)).isEqualTo("10.27.105.220");
        assertThat(NetworkNamespace.pod(27_140)).isEqualTo("10.27.106.4");
    }

    @Test
    void repeatsACommandAsItWas() {
        assertThat(NetworkNamespace.commandLine("java\0-cp\0a:b\0Lab\0--work\0h1, tcp\0"))
                .containsExactly("java", "-cp", "a:b", "Lab", "--work", "h1, tcp");
    }
}
