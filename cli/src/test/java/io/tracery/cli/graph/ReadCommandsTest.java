package io.tracery.cli.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tracery.cli.FakeTopology;
import io.tracery.cli.Golden;
import io.tracery.cli.text.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the reading commands print for the API's answers, at the widths that people have. */
class ReadCommandsTest {

    private static final Screen NARROW = new Screen(true, false, 80, 24);
    private static final Screen WIDE = new Screen(true, false, 120, 40);
    private static final Screen COLOURED = new Screen(true, true, 200, 40);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private FakeTopology topology;

    @BeforeEach
    void start() throws IOException {
        topology = new FakeTopology();
        topology.answers("/api/graph", "graph.json");
        topology.answers("/api/services", "services.json");
        topology.answers("/api/services/shop/cart", "service.json");
        topology.answers("/api/routes", "routes.json");
        topology.answers("/api/graph/diff", "diff.json");
    }

    @AfterEach
    void end() {
        topology.close();
    }

    @Test
    void graph() throws IOException {
        golden("graph", new GraphCommand());
        assertThat(topology.asked()).containsOnly("/api/graph");
    }

    @Test
    void edges() throws IOException {
        golden("edges", new EdgesCommand());
    }

    @Test
    void services() throws IOException {
        golden("stat", new StatCommand());
    }

    @Test
    void oneService() throws IOException {
        golden("stat-cart", new StatCommand(), "cart");
        assertThat(topology.asked()).contains("/api/services/shop/cart");
    }

    @Test
    void routes() throws IOException {
        golden("routes", new RoutesCommand(), "shop/cart");
        assertThat(topology.asked()).containsOnly("/api/routes?service=shop%2Fcart");
    }

    @Test
    void difference() throws IOException {
        golden("diff", new DiffCommand(), "15m", "-5m", "--all");
        assertThat(topology.asked()).containsOnly("/api/graph/diff?a=-15m&b=-5m");
    }

    @Test
    void differenceOfVersions() throws IOException {
        topology.answers("/api/graph/diff", "diff-versions.json");
        golden("diff-versions", new DiffCommand(), "v1", "v2", "--node", "shop/cart");
        assertThat(topology.asked()).containsOnly("/api/graph/diff?node=shop%2Fcart&a=v1&b=v2");
    }

    @Test
    void thePast() throws IOException {
        topology.answers("/api/graph", "graph-at.json");
        golden("graph-at", new GraphCommand(), "--at", "15m", "--window", "2m");
        assertThat(topology.asked()).containsOnly("/api/graph?window=2m&at=-15m");
    }

    @Test
    void topIsPlainWhereThereIsNoTerminal() throws IOException {
        assertThat(run(new TopCommand(), Screen.PLAIN, "--sort", "rate")).isZero();
        Golden.check("top.txt", out.toString());
        assertThat(topology.asked()).hasSize(1).allMatch(asked -> asked.contains("window=10s"));
    }

    @Test
    void colourSaysHealthAndNothingElse() {
        assertThat(run(new GraphCommand(), COLOURED)).isZero();
        assertThat(out.toString()).contains("\u001b[31m92.86 %\u001b[0m");
        assertThat(out.toString().replaceAll("\u001b\\[(31|33)m[^\u001b]*%\u001b\\[0m", ""))
                .doesNotContain("\u001b");
    }

    @Test
    void jsonIsWhatTheApiSays() throws IOException {
        assertThat(run(new GraphCommand(), NARROW, "-o", "json")).isZero();
        var mapper = JsonMapper.builder().build();
        assertThat(mapper.readTree(out.toString())).isEqualTo(mapper.readTree(FakeTopology.resource("graph.json")));
    }

    @Test
    void saysWhatToDoWhenNobodyAnswers() {
        topology.close();
        assertThat(run(new StatCommand(), NARROW)).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("the topology service does not answer at " + topology.url())
                .contains("./tracery demo", "--url");
    }

    @Test
    void passesOnWhyTheApiRefuses() {
        topology.answers(
                "/api/graph", 400, "{\"error\": {\"status\": 400, \"message\": \"window=1h is out of range\"}}");
        assertThat(run(new GraphCommand(), NARROW, "--window", "1h")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("window=1h is out of range\n");
    }

    @Test
    void warnsWhenWhatItShowsIsOld() {
        topology.answers("/api/health", 200, "{\"status\": \"stale\", \"newestData\": 1767225600000}");
        assertThat(run(new StatCommand(), NARROW)).isZero();
        assertThat(err.toString())
                .isEqualTo("The newest telemetry is of 2026-01-01 00:00:00 UTC: do sidecars run, and does Kafka?\n");
    }

    @Test
    void namesTheServicesThatThereAre() {
        assertThat(run(new StatCommand(), NARROW, "basket")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("there is no service basket; there are ")
                .contains("shop/cart");
    }

    @Test
    void wrongUseIsSaid() {
        assertThat(run(new StatCommand(), NARROW, "-o", "yaml")).isEqualTo(2);
        assertThat(err.toString()).startsWith("-o is text or json, not yaml");
        assertThat(run(new TopCommand(), NARROW, "--sort", "luck")).isEqualTo(2);
    }

    private void golden(String name, ReadCommand command, String... arguments) throws IOException {
        assertThat(run(command, NARROW, arguments)).as(err.toString()).isZero();
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
        String narrow = out.toString();
        out.getBuffer().setLength(0);
        run(command, WIDE, arguments);
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 120);
        Golden.check(name + ".txt", narrow + "\n" + "=".repeat(120) + "\n" + out);
    }

    private int run(ReadCommand command, Screen screen, String... arguments) {
        command.screen(screen);
        CommandLine line = new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .registerConverter(Duration.class, text -> Duration.ofSeconds(Long.parseLong(text.replace("s", ""))))
                .setUnmatchedOptionsArePositionalParams(true);
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        all[0] = "--url";
        all[1] = topology.url();
        return line.execute(all);
    }
}
