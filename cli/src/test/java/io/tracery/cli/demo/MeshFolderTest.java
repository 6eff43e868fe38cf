package io.tracery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshFolderTest {

    @Test
    void readsTheShopsSidecars() {
        List<Sidecar> sidecars =
                MeshFolder.sidecars(Path.of("").toAbsolutePath().resolveSibling("examples/shop/mesh"));

        assertThat(sidecars).hasSize(12);
        Sidecar front = sidecars.getFirst();
        assertThat(front.name()).isEqualTo("front-1");
        assertThat(front.inbound()).containsExactly(new Sidecar.Inbound(21000, 20000, false));
        assertThat(front.outbound()).contains(new Sidecar.Outbound("cart", "127.0.0.1:22002"));
        assertThat(front.adminPort()).isEqualTo(23000);
        assertThat(sidecars.get(6).identity("tracery.local")).isEqualTo("spiffe://tracery.local/ns/shop/sa/payment");
    }

    @Test
    void namesTheFileThatItCannotUse(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("cart.yaml"), "kind: Sidecar\nmetadata: {name: cart-1}\n");

        assertThatThrownBy(() -> MeshFolder.sidecars(folder))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("cart.yaml");
    }

    @Test
    void refusesAFolderWithoutSidecars(@TempDir Path folder) {
        assertThatThrownBy(() -> MeshFolder.sidecars(folder)).hasMessageContaining("no Sidecar");
    }
}
