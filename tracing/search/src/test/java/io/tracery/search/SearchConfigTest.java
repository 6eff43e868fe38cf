package io.tracery.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.process.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SearchConfigTest {

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void needsOnlyKafka() throws IOException {
        assertThat(read("kafka: 127.0.0.1:19092")).isEqualTo(SearchConfig.at("127.0.0.1:19092"));
        assertThat(read("{kafka: 'k:1', port: 0}"))
                .isEqualTo(SearchConfig.at("k:1").withPort(0));
        assertThat(read("kafka: k:1").remotePort()).isNull();
        assertThat(read("{kafka: 'k:1', remotePort: 0}").remotePort()).isZero();
    }

    @Test
    void saysWhichKeyIsWrongAndWhatItMayBe() {
        assertThatThrownBy(() -> read("{kafka: 'k:1', retentionHours: 0}"))
                .hasMessageContaining("retentionHours is 0; set it to 1..");
        assertThatThrownBy(() -> read("{kafka: 'k:1', remotePort: 65536}"))
                .hasMessageContaining("remotePort is 65536; set it to 0..65535");
        assertThatThrownBy(() -> read("port: 1")).hasMessageContaining("kafka is missing");
    }

    @Test
    void readsFromAStockJaegerInsteadAndThenHasNoStore() throws IOException {
        assertThat(read("traces: {backend: jaeger, jaeger: 'jaeger:16685'}"))
                .isEqualTo(SearchConfig.reading("jaeger:16685"));
        assertThat(read("{kafka: 'k:1', traces: {backend: tracery}}")).isEqualTo(SearchConfig.at("k:1"));
        assertThatThrownBy(() -> read("traces: {backend: jaeger}")).hasMessageContaining("traces.jaeger is missing");
        assertThatThrownBy(() -> read("traces: {backend: jaeger, jaeger: 'http://jaeger:16685'}"))
                .hasMessageContaining(
                        "traces.jaeger is http://jaeger:16685; set it to Jaeger's gRPC query API, host:port");
        assertThatThrownBy(() -> read("traces: {backend: zipkin}"))
                .hasMessageContaining("traces.backend is zipkin; set it to tracery or jaeger");
        assertThatThrownBy(() -> read("{kafka: 'k:1', traces: {jaeger: 'jaeger:16685'}}"))
                .hasMessageContaining("traces.jaeger stands without traces.backend: jaeger");
        for (String key : List.of("kafka: 'k:1'", "remotePort: 0", "retentionHours: 1", "dataDir: /x")) {
            assertThatThrownBy(() -> read("{traces: {backend: jaeger, jaeger: 'jaeger:16685'}, " + key + "}"))
                    .hasMessageContaining(key.substring(0, key.indexOf(':')) + " is for a store of our own");
        }
    }

    @Test
    void startsWithoutKafkaAndSaysThatItIsNotReady() throws Exception {
        SearchApp search = SearchApp.build(
                SearchConfig.at("127.0.0.1:1").withPort(0).withDataDir(folder.resolve("index")),
                new SimpleMeterRegistry());
        try (search) {
            search.start();
            assertThat(search.port()).isPositive();
            assertThat(search.ready()).isFalse();
        }
    }

    private SearchConfig read(String yaml) throws IOException {
        return ConfigReader.read(Files.writeString(folder.resolve("search.yaml"), yaml), SearchConfig.class);
    }
}
