package io.tracery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {

    private static final Sidecar CART = new Sidecar(
            "shop",
            "cart-1",
            "cart",
            "v1",
            "carts",
            List.of(new Sidecar.Inbound(21003, 20003, true)),
            List.of(new Sidecar.Outbound("kv", "127.0.0.1:22030")));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void writesASidecarsBootstrap() throws IOException {
        DataDir data = new DataDir(folder);
        data.prepare();

        JsonNode bootstrap = new YAMLMapper()
                .readTree(new Configuration(data).bootstrap(CART).toFile());

        assertThat(bootstrap.at("/node/id").asText()).isEqualTo("sidecar~shop/cart-1");
        JsonNode tracery = bootstrap.at("/node/metadata/tracery");
        assertThat(tracery.path("workload").asText()).isEqualTo("cart");
        assertThat(tracery.at("/identity/service_account").asText()).isEqualTo("carts");
        assertThat(tracery.at("/identity/token_file").asText())
                .isEqualTo(data.path().resolve("tokens/shop.carts.jwt").toString());
        assertThat(bootstrap.at("/admin/address/socket_address/port_value").asInt())
                .isEqualTo(23003);
        JsonNode xds = bootstrap.at("/static_resources/clusters/0");
        assertThat(xds.at("/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address/port_value")
                        .asInt())
                .isEqualTo(15010);
        assertThat(xds.at("/transport_socket/typed_config/common_tls_context/validation_context/trusted_ca/filename")
                        .asText())
                .isEqualTo(data.trustAnchor().toString());
    }

    @Test
    void sendsEachInstanceOfTheShopToItsOwnSidecar() throws IOException {
        DemoPlan plan =
                new DemoPlan(new Installation(built("examples/shop")), folder, new DataDir(folder), List.of(CART), 20);

        Child.Command shop = plan.shop();

        assertThat(shop.environment())
                .containsEntry("CART_1_PORT", "20003")
                .containsEntry("CART_1_KV_ADDR", "127.0.0.1:22030");
        assertThat(shop.command()).contains("io.tracery.shop.ShopApp");
    }

    @Test
    void putsOtlpsOwnClassesBeforeOlderOnesOfTheSameNames() throws IOException {
        Path libraries = built("standalone").resolve("standalone/target/app/lib");
        Files.createFile(libraries.resolve("api-1.jar"));
        Files.createFile(libraries.resolve("opentelemetry-proto-1.jar"));

        assertThat(new Installation(folder).classPath("standalone"))
                .isEqualTo(folder.resolve("standalone/target/tracery-some-1.jar") + ":"
                        + libraries.resolve("opentelemetry-proto-1.jar") + ":" + libraries.resolve("api-1.jar"));
    }

    @Test
    void saysHowToBuildWhatIsNotBuilt() throws IOException {
        Path tree = built("standalone");
        Files.delete(tree.resolve("standalone/target/app/lib"));

        assertThatThrownBy(() -> new Installation(tree).classPath("standalone"))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("standalone is not built: run ./tracery");
        assertThatThrownBy(() -> new Installation(tree).classPath("proxy"))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("proxy is not built: run ./tracery");
    }

    private Path built(String module) throws IOException {
        Path target = folder.resolve(module).resolve("target");
        Files.createDirectories(target.resolve("app/lib"));
        Files.createFile(target.resolve("tracery-some-1.jar"));
        return folder;
    }
}
