package io.tracery.load.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.cli.trace.ExplainCommand;
import io.tracery.load.mesh.MeshHarness;
import io.tracery.load.mesh.Ports;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A whole mesh with {@code traces.backend: jaeger}: a stock Jaeger, which comes a little later, has the traces that pages, commands and metrics
 * lead to. It runs where the environment variable {@code JAEGER} names the program; {@code load-tests/conformance/jaeger} builds it.
 */
@Timeout(240)
class MeshOnJaegerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String EDGE = "test/caller>test/echo:http";

    @Test
    void pagesCommandsAndExemplarsReadTheirTracesFromAStockJaeger(@TempDir Path directory) throws Exception {
        assumeTrue(
                !StockJaeger.program().isEmpty(),
                "SKIPPED: JAEGER names no Jaeger program; load-tests/conformance/jaeger builds and runs it");
        int grpcPort = Ports.free();
        String traces = "traces: {backend: jaeger, jaeger: \"127.0.0.1:%d\"}\n".formatted(grpcPort);
        try (MeshHarness mesh = new MeshHarness(directory, traces);
                StockJaeger jaeger = StockJaeger.readingKafka(directory, mesh.kafka(), grpcPort)
                        .ready();
                QueryApi pages = new QueryApi(mesh.pagesPort())) {
            mesh.startSidecars();
            await().atMost(PATIENCE).until(mesh::sidecarsReady);
            HttpResponse<String> answer = mesh.call("/greet?name=you");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            String trace = answer.body().substring(10, 42);

            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(spans(pages, "/search", trace)).hasSize(2));
            assertThat(spans(pages, "/search", trace)).isEqualTo(spans(jaeger.api(), "", trace));
            assertThat(pages.get("/search/api/traces/" + trace + "/analysis").path("criticalPath"))
                    .isNotEmpty();
            assertThat(explained(mesh, trace)).contains("Trace " + trace, "echo", "/greet", "Mutual TLS with");
            assertExemplarsAreThere(mesh, pages);
            assertThat(mesh.kept().resolve("search")).doesNotExist();
        }
    }

    /** A point of a metric names a trace; who follows it finds that. */
    private static void assertExemplarsAreThere(MeshHarness mesh, QueryApi pages) throws Exception {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            mesh.call("/greet?name=again");
            JsonNode exemplars = pages.get("/api/edges?window=1m&id=" + URLEncoder.encode(EDGE, StandardCharsets.UTF_8))
                    .path("exemplars");
            assertThat(exemplars).isNotEmpty();
            for (JsonNode exemplar : exemplars) {
                assertThat(spans(pages, "/search", exemplar.path("traceId").asText()))
                        .hasSize(2);
            }
        });
    }

    /** Ids of the spans of a trace. */
    private static Set<String> spans(QueryApi api, String under, String trace) throws Exception {
        Set<String> ids = new TreeSet<>();
        api.get(under + "/api/traces/" + trace)
                .path("data")
                .path(0)
                .path("spans")
                .forEach(span -> ids.add(span.path("spanID").asText()));
        return ids;
    }

    private static String explained(MeshHarness mesh, String trace) {
        StringWriter out = new StringWriter();
        int exit = new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out))
                .execute("--search", "http://127.0.0.1:" + mesh.searchPort(), "--all", trace);
        assertThat(exit).as(out.toString()).isZero();
        return out.toString();
    }
}
