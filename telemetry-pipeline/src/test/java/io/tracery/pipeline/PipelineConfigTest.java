package io.tracery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.process.ConfigException;
import io.tracery.process.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineConfigTest {

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void needsOnlyKafka() throws IOException {
        assertThat(read("kafka: 127.0.0.1:19092")).isEqualTo(PipelineConfig.at("127.0.0.1:19092"));
    }

    @Test
    void takesPortZeroForAnyFreePort() throws IOException {
        assertThat(read("{kafka: 'k:1', otlpGrpcPort: 0, otlpHttpPort: 0}"))
                .isEqualTo(PipelineConfig.at("k:1").withOtlpPorts(0, 0));
    }

    @Test
    void saysWhichKeyIsWrongAndWhatItMayBe() {
        assertThatThrownBy(() -> read("{kafka: 'k:1', otlpGrpcPort: 70000}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("otlpGrpcPort is 70000; set it to 0..65535");
        assertThatThrownBy(() -> read("host: 127.0.0.1")).hasMessageContaining("kafka is missing");
    }

    private PipelineConfig read(String yaml) throws IOException {
        return ConfigReader.read(Files.writeString(folder.resolve("pipeline.yaml"), yaml), PipelineConfig.class);
    }
}
