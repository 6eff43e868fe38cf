package io.tracery.controlplane.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConfigFolderTest {

    @TempDir
    private Path folder;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<MeshModel> inForce = new CopyOnWriteArrayList<>();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private ConfigFolder source;

    @BeforeEach
    void make() {
        source = new ConfigFolder(
                folder,
                model -> {
                    if (refusing.get()) {
                        throw new IllegalStateException("the disk is full");
                    }
                    inForce.add(model);
                },
                registry);
    }

    private void start() throws IOException {
        source.start();
    }

    @AfterEach
    void end() {
        source.close();
    }

    private static String service(String name) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec: {ports: [{port: 80}]}
                """.formatted(name);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private void awaitServices(String... names) {
        await().untilAsserted(() -> assertThat(inForce)
                .isNotEmpty()
                .last()
                .satisfies(model -> assertThat(model.services().keySet())
                        .extracting(Name::name)
                        .containsExactly(names)));
    }

    @Test
    void readsYamlFilesAndLeavesOthersAlone() throws IOException {
        write("a.yaml", service("a"));
        write("b.yml", service("b"));
        write("README.md", "not: [yaml");
        write(".swap.yaml", "not: [yaml");
        Files.createDirectory(folder.resolve("below.yaml"));
        start();
        assertThat(source.ready()).isTrue();
        awaitServices("a", "b");
    }

    @Test
    void anEmptyFolderIsAnEmptyMesh() throws IOException {
        start();
        assertThat(source.ready()).isTrue();
        assertThat(inForce).containsExactly(MeshModel.EMPTY);
    }

    @Test
    void followsFilesThatComeChangeAndGo() throws IOException {
        write("a.yaml", service("a"));
        start();
        write("b.yaml", service("b"));
        awaitServices("a", "b");
        write("b.yaml", service("c"));
        awaitServices("a", "c");
        Files.delete(folder.resolve("a.yaml"));
        awaitServices("c");
    }

    @Test
    void followsAFileThatIsReplacedByRenaming() throws IOException {
        write("a.yaml", service("a"));
        start();
        write("a.yaml.tmp", service("z"));
        Files.move(
                folder.resolve("a.yaml.tmp"),
                folder.resolve("a.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        awaitServices("z");
    }

    @Test
    void keepsTheLastGoodOneAndSaysWhatIsWrong() throws IOException {
        write("a.yaml", service("a"));
        start();
        write("a.yaml", service("a").replace("port: 80", "prt: 80"));
        await().until(() -> !source.problems().isEmpty());
        assertThat(source.problems())
                .extracting(Problem::toString)
                .contains("a.yaml:4: spec.ports[0].prt: is not a field that this version honours; did you mean port?");
        assertThat(inForce).hasSize(1);
        assertThat(source.ready()).isTrue();
        assertThat(registry.get("tracery.config.problems").gauge().value()).isEqualTo(2);

        write("a.yaml", service("b"));
        awaitServices("b");
        await().until(() -> source.problems().isEmpty());
        assertThat(loads("accepted")).isEqualTo(2);
        assertThat(loads("refused")).isEqualTo(1);
    }

    @Test
    void aBadStartIsReportedNotThrownAndCanBeMended() throws IOException {
        write("a.yaml", "kind: [");
        start();
        assertThat(source.ready()).isFalse();
        assertThat(source.problems()).hasSize(1);
        write("a.yaml", service("a"));
        awaitServices("a");
        assertThat(source.ready()).isTrue();
    }

    @Test
    void textThatIsNotUtf8IsNamedAndChangesNothing() throws IOException {
        write("a.yaml", service("a"));
        start();
        Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
        await().until(() -> !source.problems().isEmpty());
        assertThat(source.problems().getFirst().message()).contains("b.yaml is not UTF-8");
        assertThat(inForce).hasSize(1);
        Files.delete(folder.resolve("b.yaml"));
        await().until(() -> source.problems().isEmpty());
    }

    @Test
    void aModelThatCouldNotBeTakenOverIsTriedAgain() throws IOException {
        refusing.set(true);
        write("a.yaml", service("a"));
        start();
        assertThat(source.problems().getFirst().message()).contains("the disk is full");
        refusing.set(false);
        await().until(() -> source.problems().isEmpty());
        assertThat(inForce).hasSize(1);
    }

    @Test
    void aFolderThatIsNoneIsAnError() {
        Path missing = folder.resolve("missing");
        ConfigFolder nowhere = new ConfigFolder(missing, model -> {}, registry);
        assertThatThrownBy(nowhere::start)
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining("name the one with the mesh's YAML files");
        nowhere.close();
    }

    private double loads(String result) {
        return registry.get("tracery.config.loads")
                .tag("result", result)
                .counter()
                .count();
    }
}
