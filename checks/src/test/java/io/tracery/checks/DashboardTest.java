package io.tracery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every metric that a Grafana dashboard asks for is one that some process registers. */
class DashboardTest {

    private static final Path ROOT = Path.of("..");
    private static final List<String> MODULES =
            List.of("proxy", "telemetry-pipeline", "tracing/search", "topology-service");
    private static final Pattern EXPRESSION = Pattern.compile("\"expr\": \"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern METRIC = Pattern.compile("\\b(?:tracery|topology|traces)_[a-z_]+(?=\\{|\\[|\\)| |$)");
    private static final Pattern LABELS = Pattern.compile("\\bby \\([^)]*\\)|\\{[^}]*}");
    private static final Pattern LITERAL = Pattern.compile("\"((?:tracery|topology|traces)[._][a-z._]+[a-z])\"");
    private static final Pattern ADDED = Pattern.compile("\"(_[a-z_]+)\"");
    private static final Pattern SUFFIX = Pattern.compile("_(?:total|bucket|count|sum|seconds|bytes)$");

    @Test
    void everyMetricIsRegistered() throws IOException {
        Set<String> registered = registered();
        Set<String> asked = asked();

        assertThat(asked).hasSizeGreaterThan(25);
        assertThat(registered).containsAll(asked);
    }

    private static Set<String> asked() throws IOException {
        Set<String> asked = new TreeSet<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("helm/tracery/dashboards"))) {
            for (Path file : files.toList()) {
                for (String expression : found(EXPRESSION, Files.readString(file))) {
                    METRIC.matcher(LABELS.matcher(expression).replaceAll(" "))
                            .results()
                            .map(MatchResult::group)
                            .map(DashboardTest::plain)
                            .forEach(asked::add);
                }
            }
        }
        return asked;
    }

    /** As written in the sources; a name may be put together of two literals of one class. */
    private static Set<String> registered() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String source = Files.readString(file);
                    for (String name : found(LITERAL, source)) {
                        names.add(plain(name.replace('.', '_')));
                        found(ADDED, source).forEach(added -> names.add(plain(name + added)));
                    }
                }
            }
        }
        return names;
    }

    private static List<String> found(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        pattern.matcher(text).results().forEach(match -> found.add(match.group(1)));
        return found;
    }

    private static String plain(String name) {
        String shorter = SUFFIX.matcher(name).replaceFirst("");
        return shorter.equals(name) ? name : plain(shorter);
    }
}
