package io.tracery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void namesATakenPortAndWhatItIsFor() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Ports ports = new Ports(List.of(new Ports.Claim(other.getLocalPort(), "OTLP over gRPC")));

            assertThatThrownBy(ports::requireFree)
                    .hasMessageContaining(Integer.toString(other.getLocalPort()))
                    .hasMessageContaining("OTLP over gRPC")
                    .hasMessageContaining("ss -ltnp");
        }
    }

    @Test
    void claimsEveryPortOfTheShopOnce() {
        Path mesh = Path.of("").toAbsolutePath().resolveSibling("examples/shop/mesh");

        List<Integer> ports = Ports.of(MeshFolder.sidecars(mesh)).claims().stream()
                .map(Ports.Claim::port)
                .toList();

        assertThat(ports).doesNotHaveDuplicates().contains(8400, 20000, 21000, 22003, 23011, 24000);
    }
}
