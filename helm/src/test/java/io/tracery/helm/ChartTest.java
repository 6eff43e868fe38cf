package io.tracery.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart through Helm itself: lint, golden renders ({@code -Dgolden.update=true} rewrites them), refused values. */
class ChartTest {

    private static final Path CHART = Path.of("tracery");
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Map<String, String> REQUIRED =
            Map.of("image.repository", "registry.example/tracery/standalone", "mesh.jwks", "e30=");

    static Stream<Arguments> valueSets() {
        return Stream.of(
                Arguments.of("default", Map.of()),
                Arguments.of(
                        "ephemeral",
                        Map.of(
                                "persistence.enabled",
                                "false",
                                "networkPolicy.enabled",
                                "false",
                                "image.tag",
                                "edge",
                                "traces.backend",
                                "jaeger",
                                "traces.jaeger",
                                "jaeger.observability:16685",
                                "kubernetes.enabled",
                                "false")),
                Arguments.of(
                        "monitored",
                        Map.of(
                                "serviceMonitor.enabled",
                                "true",
                                "persistence.storageClassName",
                                "fast",
                                "service.type",
                                "LoadBalancer",
                                "commonLabels.team",
                                "platform")));
    }

    @Test
    void lintsStrictly() {
        var result = new Helm(CHART).lint().strict().call();

        assertThat(result.getMessages()).isNotEmpty();
        assertThat(result.isFailed())
                .as(() -> String.join("\n", result.getMessages()))
                .isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valueSets")
    void rendersAsTheGoldenFileSays(String name, Map<String, String> values) throws IOException {
        Path golden = GOLDEN.resolve(name + ".yaml");
        String rendered = render(values);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, rendered);
        }

        assertThat(rendered).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("valueSets")
    void everyContainerIsLockedDown(String name, Map<String, String> values) throws IOException {
        List<JsonNode> containers = objects(render(values))
                .map(object -> object.at("/spec/template/spec/containers"))
                .filter(JsonNode::isArray)
                .flatMap(array -> array.valueStream())
                .toList();

        assertThat(containers).as(name).isNotEmpty().allSatisfy(container -> {
            JsonNode security = container.get("securityContext");
            assertThat(security.get("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(security.get("allowPrivilegeEscalation").asBoolean()).isFalse();
            assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        });
    }

    /** Exactly what the topology service watches; it names what it lacks. */
    @Test
    void mayListAndWatchWhatTheMapShowsAndNothingElse() throws IOException {
        JsonNode role = only("ClusterRole", render(Map.of()));
        Map<String, List<String>> readable = new TreeMap<>();
        for (JsonNode rule : role.get("rules")) {
            assertThat(texts(rule.get("verbs"))).containsExactly("list", "watch");
            readable.put(rule.at("/apiGroups/0").asText(), texts(rule.get("resources")));
        }

        assertThat(readable)
                .isEqualTo(Map.of(
                        "", List.of("nodes", "pods", "services"),
                        "apps", List.of("daemonsets", "deployments", "replicasets", "statefulsets"),
                        "batch", List.of("jobs")));
        JsonNode binding = only("ClusterRoleBinding", render(Map.of()));
        assertThat(binding.at("/roleRef/name")).isEqualTo(role.at("/metadata/name"));
        assertThat(binding.at("/subjects/0/name"))
                .isEqualTo(only("ServiceAccount", render(Map.of())).at("/metadata/name"));
        assertThat(binding.at("/subjects/0/namespace").asText()).isEqualTo("tracery");
        assertThat(only("StatefulSet", render(Map.of()))
                        .at("/spec/template/spec/automountServiceAccountToken")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void hasNoRoleAndNoTokenWhereTheClusterIsNotAsked() throws IOException {
        String rendered = render(Map.of("kubernetes.enabled", "false"));

        assertThat(objects(rendered).map(object -> object.get("kind").asText()))
                .noneMatch(kind -> kind.startsWith("Cluster"));
        assertThat(only("StatefulSet", rendered)
                        .at("/spec/template/spec/automountServiceAccountToken")
                        .asBoolean())
                .isFalse();
        assertThat(rendered).contains("kubernetes: {use: \"off\"}");
    }

    private static JsonNode only(String kind, String rendered) throws IOException {
        return objects(rendered)
                .filter(object -> object.get("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    @Test
    void providesDashboardsThatGrafanaFinds() throws IOException {
        JsonNode config = objects(render(Map.of("dashboards.enabled", "true")))
                .filter(object -> object.at("/metadata/name").asText().endsWith("-dashboards"))
                .findFirst()
                .orElseThrow();

        assertThat(config.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(config.get("data").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("mesh.json", "pipeline.json", "proxy.json", "route.json", "service.json");
        for (JsonNode text : config.get("data")) {
            JsonNode dashboard = new YAMLMapper().readTree(text.asText());
            assertThat(dashboard.get("panels"))
                    .isNotEmpty()
                    .allSatisfy(panel ->
                            assertThat(panel.at("/targets/0/expr").asText()).isNotEmpty());
        }
    }

    @Test
    void saysThatTheImageIsMissing() {
        assertThatThrownBy(() ->
                        new Helm(CHART).template().set("mesh.jwks", "e30=").call())
                .hasMessageContaining("image.repository is required");
    }

    @Test
    void saysThatTheIssuersKeysAreMissing() {
        assertThatThrownBy(() ->
                        new Helm(CHART).template().set("image.repository", "r").call())
                .hasMessageContaining("mesh.jwks is required");
    }

    @Test
    void refusesAValueThatNobodyKnows() {
        assertThatThrownBy(() -> render(Map.of("persistance.enabled", "false"))).hasMessageContaining("persistance");
    }

    @Test
    void refusesAHeapThatTheJvmWouldNotRead() {
        assertThatThrownBy(() -> render(Map.of("heap", "lots"))).hasMessageContaining("heap");
    }

    @Test
    void refusesAJaegerWithoutAnAddressAndAnAddressWithoutAJaeger() {
        assertThatThrownBy(() -> render(Map.of("traces.backend", "jaeger"))).hasMessageContaining("traces");
        assertThatThrownBy(() -> render(Map.of("traces.jaeger", "jaeger:16685")))
                .hasMessageContaining("traces");
    }

    @Test
    void everyValueHasAComment() throws IOException {
        List<String> lines = Files.readAllLines(CHART.resolve("values.yaml"));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            boolean leaf = line.matches("[a-zA-Z]+: .+");
            if (leaf && !lines.get(i).startsWith("    ")) {
                assertThat(previousComment(lines, i)).as(line).isTrue();
            }
        }
    }

    /** Leaves of a block such as {@code requests} are explained by the block's own comment. */
    private static boolean previousComment(List<String> lines, int i) {
        return i > 0 && lines.get(i - 1).strip().startsWith("#");
    }

    private static String render(Map<String, String> values) {
        TemplateCommand template = new Helm(CHART).template().withName("mesh").withNamespace("tracery");
        REQUIRED.forEach(template::set);
        values.forEach(template::set);
        return template.call();
    }

    private static Stream<JsonNode> objects(String yaml) throws IOException {
        YAMLMapper mapper = new YAMLMapper();
        try (MappingIterator<JsonNode> documents =
                mapper.readerFor(JsonNode.class).readValues(yaml)) {
            return documents.readAll().stream();
        }
    }
}
