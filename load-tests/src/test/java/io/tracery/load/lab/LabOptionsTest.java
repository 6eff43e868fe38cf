package io.tracery.load.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tracery.load.lab.peer.Installs;
import io.tracery.load.lab.peer.Peer;
import io.tracery.load.lab.work.Measure;
import io.tracery.load.lab.work.Work;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabOptionsTest {

    @Test
    void measuresHttp1AgainstTwoPeersUnlessToldOtherwise() {
        LabOptions options = LabOptions.parse(List.of());

        assertThat(options.against()).extracting(Peer::name).containsExactly("haproxy", "nginx");
        assertThat(options.works()).extracting(Work::name).containsExactly("h1");
        assertThat(options.output()).isEqualTo(LabOptions.Output.TABLE);
        assertThat(options.install()).isEqualTo(Installs.Permission.NOT_ASKED);
        assertThat(options.amounts().rates()).containsExactly(2_000, 10_000, 20_000);
    }

    @Test
    void takesListsAndNumbers() {
        LabOptions options = LabOptions.parse(List.of(
                "--json",
                "--against",
                "envoy, nghttpx",
                "--work",
                "h2,grpc",
                "--measure",
                "saturated,warm-up",
                "--rounds",
                "3"));

        assertThat(options.against()).extracting(Peer::name).containsExactly("envoy", "nghttpx");
        assertThat(options.works()).extracting(Work::name).containsExactly("h2", "grpc");
        assertThat(options.measures()).containsExactlyInAnyOrder(Measure.SATURATED, Measure.WARM_UP);
        assertThat(options.amounts().rounds()).isEqualTo(3);
        assertThat(options.output()).isEqualTo(LabOptions.Output.JSON);
        assertThat(LabOptions.parse(List.of("--work", "all")).works()).hasSize(8);
    }

    @Test
    void takesLinkerdFromWhereAPersonSays() {
        assertThat(LabOptions.parse(List.of("--against", "haproxy,linkerd", "--linkerd", "src/linkerd2-proxy"))
                        .against())
                .extracting(Peer::name, Peer::intercepts)
                .containsExactly(tuple("haproxy", false), tuple("linkerd", true));
        assertThatThrownBy(() -> LabOptions.parse(List.of("--linkerd", "src/linkerd2-proxy")))
                .hasMessageContaining("not among --against haproxy,nginx");
    }

    @Test
    void refusesWhatItDoesNotHave() {
        assertThatThrownBy(() -> LabOptions.parse(List.of("--rouns", "3"))).hasMessageContaining("unknown: --rouns 3");
        assertThatThrownBy(() -> LabOptions.parse(List.of("--rounds", "0")))
                .hasMessageContaining("must be 1..50, not 0");
        assertThatThrownBy(() -> LabOptions.parse(List.of("--rates", "2000,many")))
                .hasMessageContaining("--rates");
        assertThatThrownBy(() -> LabOptions.parse(List.of("--against", "envoi")))
                .hasMessageContaining("known: haproxy");
        assertThatThrownBy(() -> LabOptions.parse(List.of("--work", "h3"))).hasMessageContaining("known: h1");
        assertThatThrownBy(() -> LabOptions.parse(List.of("--measure", "luck"))).hasMessageContaining("warm-up");
    }
}
