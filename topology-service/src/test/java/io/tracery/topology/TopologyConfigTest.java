package io.tracery.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.process.ConfigException;
import io.tracery.process.ConfigReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyConfigTest {

    @TempDir
    Path directory;

    @Test
    void needsOnlyADirectory() throws IOException {
        TopologyConfig config = read("dataDir: /var/lib/tracery/topology");

        assertThat(config).isEqualTo(TopologyConfig.of(Path.of("/var/lib/tracery/topology")));
        assertThat(config.port()).isEqualTo(8400);
        assertThat(config.kafka()).isEqualTo("127.0.0.1:19092");
        assertThat(config.searchUrl()).isEqualTo(URI.create("http://127.0.0.1:16686"));
    }

    @Test
    void asksTheClusterWhereItIsTold() throws IOException {
        assertThat(read("dataDir: /x").kubernetes()).isEqualTo(KubernetesConfig.DEFAULT);
        assertThat(read("{dataDir: /x, kubernetes: {use: on, kubeconfig: /k}}").kubernetes())
                .isEqualTo(new KubernetesConfig("on", Path.of("/k")));
        assertThat(read("{dataDir: /x, kubernetes: {use: off}}").kubernetes())
                .isEqualTo(new KubernetesConfig("off", null));
        assertThat(read("{dataDir: /x, kubernetes: {use: 'auto'}}").kubernetes())
                .isEqualTo(KubernetesConfig.DEFAULT);
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> read("port: 1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dataDir is missing");
        assertThatThrownBy(() -> read("{dataDir: /x, port: 70000}")).hasMessageContaining("port must be 1..65535");
        assertThatThrownBy(() -> read("{dataDir: /x, searchUrl: 'ftp://y'}"))
                .hasMessageContaining("searchUrl must begin with");
        assertThatThrownBy(() -> read("{dataDir: /x, maxEdge: 5}")).hasMessageContaining("did you mean maxEdges?");
        assertThatThrownBy(() -> read("{dataDir: /x, kubernetes: {use: maybe}}"))
                .hasMessageContaining("kubernetes.use is maybe; set it to auto, on or off");
        assertThatThrownBy(() -> read("{dataDir: /x, kubernetes: {use: off, kubeconfig: /k}}"))
                .hasMessageContaining("leave out one of them");
    }

    private TopologyConfig read(String yaml) throws IOException {
        return ConfigReader.read(Files.writeString(directory.resolve("topology.yaml"), yaml), TopologyConfig.class);
    }
}
