package io.tracery.load.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.load.lab.linkerd.LinkerdService;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkerdTest {

    @Test
    void readsTheVersionFromTheFirstLineOfTheLog() {
        assertThat(Linkerd.version("""
                        [     0.000371s]  INFO ThreadId(01) linkerd2_proxy: release 2.310.0 (29637b64f) by somebody on 2026-11-29T14:00:00Z
                        Invalid configuration: invalid environment variable
                        """)).isEqualTo("2.310.0 (29637b64f)");
        assertThat(Linkerd.version("")).isEqualTo("unknown");
    }

    @Test
    void standsInEveryShapeButThatOfAServerAlone() {
        Linkerd linkerd = new Linkerd(Optional.empty());

        assertThat(Shape.values())
                .filteredOn(linkerd::fits)
                .doesNotContain(Shape.MTLS_INBOUND)
                .hasSize(4);
    }

    @Test
    void balancesOverBackendsOrLeadsToTheOtherOfThePair() {
        LinkerdService plain = LinkerdConfig.service(GoldenConfigTest.site(Shape.HTTP1));
        LinkerdService pair = LinkerdConfig.service(GoldenConfigTest.site(Shape.MTLS_PAIR));

        assertThat(plain.endpoints())
                .allSatisfy(endpoint -> assertThat(endpoint.proxy()).isEmpty())
                .extracting(endpoint -> endpoint.address().getHostAddress() + ":" + endpoint.port())
                .containsExactly("10.27.105.220:27001", "10.27.105.220:27002", "10.27.105.220:27003");
        assertThat(pair.endpoints())
                .singleElement()
                .extracting(endpoint -> endpoint.proxy().orElseThrow())
                .satisfies(proxy -> {
                    assertThat(proxy.identity())
                            .isEqualTo("callee-27100.lab.serviceaccount.identity.linkerd.lab.local");
                    assertThat(proxy.inboundPort()).isEqualTo(27_101);
                });
        assertThat(LinkerdConfig.service(GoldenConfigTest.site(Shape.TCP)).protocol())
                .isEqualTo(LinkerdService.Protocol.OPAQUE);
    }

    @Test
    void saysWhatIsWrongWithAProgramThatIsNone() {
        Installs installs = new Installs(Path.of("/nowhere"), Installs.Permission.NOT_ASKED);

        assertThatThrownBy(() -> installs.linkerd(Optional.of(Path.of("/nowhere/linkerd2-proxy"))))
                .hasMessageContaining("--linkerd /nowhere/linkerd2-proxy is neither a program nor a checkout");
    }
}
