package io.tracery.load.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabTest {

    @Test
    void readsWhatWrkPrints() {
        LoadRun run = LoadRun.parse("""
                  12345 requests in 2.00s, 3.21MB read
                  Socket errors: connect 0, read 1, write 0, timeout 2
                  Non-2xx or 3xx responses: 4
                Requests/sec:   6172.50
                """);

        assertThat(run).isEqualTo(new LoadRun(12_345, 7, 2.0));
    }

    @Test
    void runsWithErrorsOrWithoutTheWholeCoreDoNotCount() {
        List<Sample> samples = List.of(
                new Sample(1, 10, 0.99, 1, 0),
                new Sample(1, 20, 0.99, 1, 0),
                new Sample(1, 1, 0.5, 1, 0),
                new Sample(1, 1, 0.99, 1, 3));

        assertThat(Sample.median(samples, Sample::cpuMicrosPerRequest)).isCloseTo(15, within(1e-9));
        assertThat(Sample.median(samples.subList(2, 4), Sample::cpuMicrosPerRequest))
                .isNaN();
    }

    @Test
    void refusesOptionsThatItDoesNotHave() {
        assertThatThrownBy(() -> LabOptions.parse(List.of("--rouns", "3"))).hasMessageContaining("unknown: --rouns 3");
        assertThatThrownBy(() -> LabOptions.parse(List.of("--rounds", "0")))
                .hasMessageContaining("must be 1..50, not 0");
        assertThatThrownBy(() -> Peer.named("envoi")).hasMessageContaining("known: haproxy, nginx");
    }

    @Test
    void comparesOursWithEachPeer() {
        LabReport report = new LabReport(
                List.of(
                        new LabReport.Row("tracery", "1", List.of(new Sample(50_000, 18, 0.95, 100, 0))),
                        new LabReport.Row("haproxy", "2", List.of(new Sample(40_000, 20, 0.95, 20, 0)))),
                "machine");

        assertThat(report.comparisons())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("peer", "haproxy")
                        .containsEntry("cpu_ratio", 0.9)
                        .containsEntry("rps_ratio", 1.25));
        assertThat(report.table()).contains("tracery", "haproxy", "0.90");
    }
}
