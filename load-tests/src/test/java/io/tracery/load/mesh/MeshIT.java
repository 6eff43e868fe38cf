package io.tracery.load.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user relies on, over a whole mesh. One mesh for all scenarios; the ones that break it come last. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MeshIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private MeshHarness mesh;
    private final AtomicLong sent = new AtomicLong();

    @BeforeAll
    void startMesh(@TempDir Path directory) throws Exception {
        mesh = new MeshHarness(directory);
        mesh.startSidecars();
        await().atMost(PATIENCE).until(mesh::sidecarsReady);
    }

    @AfterAll
    void stopMesh() {
        mesh.close();
    }

    private HttpResponse<String> call() throws IOException, InterruptedException {
        HttpResponse<String> answer = mesh.call("/greet?name=you");
        sent.incrementAndGet();
        return answer;
    }

    @Test
    @Order(1)
    void requestsReachBothInstancesAndCarryOneTrace() throws Exception {
        Set<String> instances = new HashSet<>();
        String lastTrace = "";
        for (int i = 0; i < 40; i++) {
            HttpResponse<String> answer = call();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            instances.add(answer.body().substring(0, 6));
            lastTrace = answer.body().substring(10, 42);
        }
        assertThat(instances).containsExactlyInAnyOrder("echo-1", "echo-2");

        String traceId = lastTrace;
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(mesh.trace(traceId)).hasSize(2));
        JsonNode spans = mesh.trace(traceId);
        assertThat(spans).anySatisfy(span -> assertThat(tag(span, "span.kind")).isEqualTo("client"));
        assertThat(spans).anySatisfy(span -> assertThat(tag(span, "span.kind")).isEqualTo("server"));
        assertThat(spans).allSatisfy(span -> {
            assertThat(tag(span, "tracery.fate")).isEqualTo("served");
            assertThat(tag(span, "tracery.tls")).isEqualTo("mtls");
        });
    }

    @Test
    @Order(2)
    void theGraphCountsEveryRequestOnBothSides() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(mesh.counted("requests")).isEqualTo(sent.get());
            assertThat(mesh.counted("received")).isEqualTo(sent.get());
        });
    }

    @Test
    @Order(3)
    void whatIsNotHttpIsAnsweredWith400AndTheConnectionEnds() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh.callerPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: echo\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400").containsIgnoringCase("x-tracery-fate: malformed_request");
        }
        assertThat(call().statusCode()).isEqualTo(200);
    }

    @Test
    @Order(4)
    void configurationThatIsWrongChangesNothing() throws Exception {
        Path wrong = mesh.mesh().resolve("wrong.yaml");
        Files.writeString(wrong, "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {prots: []}\n");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(mesh.standaloneLog()).contains("wrong.yaml").contains("prots"));
        for (int i = 0; i < 20; i++) {
            assertThat(call().statusCode()).isEqualTo(200);
        }
        Files.delete(wrong);
        assertThat(call().statusCode()).isEqualTo(200);
    }

    @Test
    @Order(5)
    void kafkaAndAllThatReadsItAreKilledUnderLoadAndNoRequestNotices() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        List<String> failures = new CopyOnWriteArrayList<>();
        Thread load = Thread.ofPlatform().start(() -> {
            while (!enough.get()) {
                try {
                    HttpResponse<String> answer = call();
                    if (answer.statusCode() != 200) {
                        failures.add(answer.statusCode() + " " + answer.body());
                    }
                    TimeUnit.MILLISECONDS.sleep(5);
                } catch (IOException | InterruptedException e) {
                    failures.add(e.toString());
                    return;
                }
            }
        });
        try {
            mesh.killStandalone();
            mesh.startStandalone();
        } finally {
            enough.set(true);
            load.join();
        }
        assertThat(failures).isEmpty();

        // Counts are cumulative: what Kafka missed it is told later.
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
            assertThat(mesh.counted("requests")).isEqualTo(sent.get());
            assertThat(mesh.counted("received")).isEqualTo(sent.get());
        });
        // Spans are not, and each of them is accounted for.
        for (String sidecar : List.of("caller-1", "echo-1", "echo-2")) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(mesh.spans(sidecar, "queued")).isZero();
                assertThat(mesh.spans(sidecar, "accepted"))
                        .isPositive()
                        .isEqualTo(mesh.spans(sidecar, "exported") + mesh.spans(sidecar, "dropped"));
            });
        }
    }

    @Test
    @Order(6)
    void whenASidecarEndsItsPeersGoElsewhere() throws Exception {
        mesh.stopSidecar("echo-1");
        for (int i = 0; i < 40; i++) {
            HttpResponse<String> answer = call();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).startsWith("echo-2");
        }
    }

    @Test
    @Order(7)
    void withNobodyLeftTheAnswerSaysSo() throws Exception {
        mesh.stopSidecar("echo-2");
        HttpResponse<String> answer = call();

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("x-tracery-fate")).contains("connect_refused");
    }

    private static String tag(JsonNode span, String key) {
        for (JsonNode tag : span.path("tags")) {
            if (tag.path("key").asText().equals(key)) {
                return tag.path("value").asText();
            }
        }
        return "";
    }
}
