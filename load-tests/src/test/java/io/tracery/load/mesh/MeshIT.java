package io.tracery.load.mesh;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.example.consumer.ErrorRates;
import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.telemetry.SemanticConventions;
import io.tracery.tracing.topic.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
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
    void whoHasATokenSeesSingleExchangesAndTheAuditSeesWho() throws Exception {
        String query = "workload=test/echo&since=10m&follow=false&direction=inbound&peer=test/caller&status=2xx";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(mesh.tap(query, mesh.tapToken()).body())
                        .contains("event: exchange", "\"sidecar\":\"test/echo-1\"", "\"sidecar\":\"test/echo-2\"")
                        .contains("\"url.path\":\"/greet\"", "\"service.peer.name\":\"caller\"", "\"lookedBack\":true")
                        .contains("event: end\ndata: {\"reason\":\"looked_back\""));
        assertThat(mesh.tap(query, "guessed").statusCode()).isEqualTo(401);
        assertThat(mesh.standaloneLog())
                .contains("\"event\":\"tap.began\",\"token\":\"local\"", "\"event\":\"tap.ended\"")
                .contains("\"event\":\"tap.refused\"")
                .doesNotContain(mesh.tapToken());
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

    /**
     * Half of it not kept, some of it failed: what the sidecars say they sent is what the pipeline took, all of that was decided
     * upon, and what was kept is in the store. Exactly, since nothing was killed yet.
     */
    @Test
    @Order(4)
    void everySpanIsAccountedForFromSidecarsToStore() throws Exception {
        mesh.keep("{share: 0.5, floorPerSecond: 0, off: [first_seen, slow]}\n");
        List<String> traces = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            traces.add(call().body().substring(10, 42));
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            double spans = 0;
            double canaries = 0;
            double exchanges = 0;
            for (String sidecar : List.of("caller-1", "echo-1", "echo-2")) {
                assertThat(mesh.spans(sidecar, "queued")).isZero();
                assertThat(mesh.spans(sidecar, "dropped")).isZero();
                spans += mesh.spans(sidecar, "exported");
                canaries += mesh.canaries(sidecar);
                exchanges += mesh.exchanges(sidecar);
            }
            MetricsPage page = mesh.standaloneMetrics();
            // Nothing was tried again, so that an exchange is a span.
            assertThat(exchanges).isEqualTo(spans);
            double sent = spans + canaries;
            assertThat(stage(page, "mesh", "accepted")).isEqualTo(sent);
            assertThat(stage(page, "mesh", "passed") + stage(page, "mesh", "dropped"))
                    .isEqualTo(sent);
            assertThat(page.sum("tracery_pipeline_traces_undecided")).isZero();
            assertThat(stage(page, "decide", "accepted")).isEqualTo(stage(page, "mesh", "passed"));
            double kept = stage(page, "decide", "passed");
            double notKept = stage(page, "decide", "dropped") - page.sum("tracery_pipeline_spans_revived_total");
            assertThat(kept + notKept + stage(page, "mesh", "dropped")).isEqualTo(sent);
            assertThat(notKept).isPositive();
            assertThat(page.sum("tracery_search_spans_total", "outcome=\"passed\"") + canaries)
                    .isEqualTo(kept);
            assertThat(page.sum("tracery_search_canaries_total", "outcome=\"arrived\""))
                    .isEqualTo(canaries);
        });
        assertThat(mesh.standaloneMetrics()
                        .sum("tracery_pipeline_traces_total", "reason=\"error\"", "outcome=\"kept\""))
                .isPositive();

        List<String> notKept = new ArrayList<>();
        // What was stored is found a moment later, when the store looks again.
        await().atMost(PATIENCE).untilAsserted(() -> {
            notKept.clear();
            for (String trace : traces) {
                if (mesh.trace(trace).isMissingNode()) {
                    notKept.add(trace);
                }
            }
            assertThat(notKept).isNotEmpty().hasSizeLessThan(traces.size());
        });
        JsonNode raw = mesh.raw("trace=" + notKept.getFirst());
        assertThat(raw.path("complete").asBoolean()).isTrue();
        assertThat(raw.path("spans"))
                .hasSize(2)
                .allSatisfy(span -> assertThat(span.path("path").asText()).isEqualTo("/greet"));
        assertThat(mesh.raw("service=test/echo&fate=!served").path("spans")).isEmpty();
        assertThat(mesh.raw("fate=malformed_request").path("spans")).isNotEmpty();
        assertThat(mesh.raw("fte=x").path("error").path("message").asText()).contains("there is no parameter fte");
        mesh.keep("share: 1\n");
    }

    private static double stage(MetricsPage page, String stage, String outcome) {
        return page.sum("tracery_pipeline_spans_total", "stage=\"" + stage + "\"", "outcome=\"" + outcome + "\"");
    }

    @Test
    @Order(5)
    void allThatIsEmittedKeepsToOpenTelemetrysConventions() throws Exception {
        SemanticConventions conventions = new SemanticConventions();
        int records = 0;
        try (KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", mesh.kafka(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = Stream.of(Topic.MESH_SPANS, Topic.OTLP_METRICS)
                    .flatMap(topic -> IntStream.range(0, topic.partitions())
                            .mapToObj(partition -> new TopicPartition(topic.topicName(), partition)))
                    .toList();
            reader.assign(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> reader.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    records++;
                    if (record.topic().equals(Topic.MESH_SPANS.topicName())) {
                        conventions.check(TracesData.parseFrom(record.value()));
                    } else {
                        conventions.check(MetricsData.parseFrom(record.value()));
                    }
                }
            }
        }
        assertThat(records).isGreaterThan(5);
        assertThat(conventions.violations()).isEmpty();
    }

    @Test
    @Order(5)
    void aConsumerInJavaPrintsTheErrorRateOfAnEdge(@TempDir Path directory) throws Exception {
        prints(
                directory,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ErrorRates.class.getName(),
                        mesh.kafka()));
    }

    @Test
    @Order(5)
    void aConsumerInPythonPrintsTheErrorRateOfAnEdge(@TempDir Path directory) throws Exception {
        Path python = Path.of("..", "examples", "consumer", "python", "error_rates.py");
        assumeTrue(
                runs("python3", "-c", "import kafka, lz4"),
                "SKIPPED: python3 with a Kafka client is not there (pip install kafka-python lz4)");
        prints(directory, List.of("python3", python.toString(), mesh.kafka()));
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void prints(Path directory, List<String> command) throws IOException, InterruptedException {
        Path printed = directory.resolve("printed");
        Process consumer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Files.readString(printed))
                            .containsPattern("test/caller>test/echo:http +\\d+\\.\\d % of \\d+\\.\\d/s"));
        } finally {
            consumer.destroyForcibly().waitFor();
        }
    }

    @Test
    @Order(6)
    void aPolicyOfTheServiceReachesItsCallersSidecarAndGoesAgain() throws Exception {
        // Between sidecars as HTTP/2, which knows header names in lower case alone.
        assertThat(answersOf("ada", 1).getFirst()).contains("\r\ncontent-length: ");

        Path policy = mesh.mesh().resolve("policy.yaml");
        Files.writeString(policy, """
                apiVersion: policy.tracery.io/v1alpha1
                kind: BackendPolicy
                metadata: {name: echo, namespace: test}
                spec:
                  targetRefs: [{group: "", kind: Service, name: echo}]
                  balancer: {type: RingHash, hashOn: [{header: X-User}]}
                  http1BetweenSidecars: AsItIs
                """);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(answersOf("ada", 1).getFirst()).contains("\r\nContent-length: "));
        // What to hash is the route's in xDS and comes after the cluster's ring.
        await().atMost(PATIENCE).untilAsserted(this::eachUserHasOneInstance);

        Files.delete(policy);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(answersOf("ada", 1).getFirst()).contains("\r\ncontent-length: "));
    }

    private void eachUserHasOneInstance() throws IOException {
        Set<String> asked = new HashSet<>();
        for (int user = 0; user < 20; user++) {
            Set<String> instances =
                    answersOf("user-" + user, 3).stream().map(MeshIT::instance).collect(toSet());
            assertThat(instances).as("instances that user %d was sent to", user).hasSize(1);
            asked.addAll(instances);
        }
        assertThat(asked).containsExactlyInAnyOrder("echo-1", "echo-2");
    }

    /** Answers to a user's requests as they came, each on a connection of its own. */
    private List<String> answersOf(String user, int times) throws IOException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh.callerPort())) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.getOutputStream()
                        .write(("GET / HTTP/1.1\r\nHost: echo\r\nConnection: close\r\nX-User: " + user + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).startsWith("HTTP/1.1 200");
                answers.add(answer);
                sent.incrementAndGet();
            }
        }
        return answers;
    }

    private static String instance(String answer) {
        int body = answer.indexOf("\r\n\r\n") + 4;
        return answer.substring(body, body + 6);
    }

    @Test
    @Order(6)
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
    @Order(7)
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
    @Order(8)
    void whenASidecarEndsItsPeersGoElsewhere() throws Exception {
        mesh.stopSidecar("echo-1");
        for (int i = 0; i < 40; i++) {
            HttpResponse<String> answer = call();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).startsWith("echo-2");
        }
    }

    @Test
    @Order(9)
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
