package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line for each exchange that is wanted, and none lost without a count. */
class AccessLogTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @TempDir
    private Path folder;

    private long now;

    @Test
    void writesAnExchangeAsOneObjectUnderSpansNames() throws IOException {
        try (AccessLog log = log(100)) {
            log.write(Exchanges.served());
            log.flush(now += SECOND);
            assertThat(log.account().exported()).isEqualTo(1);
            assertThat(log.account().queued()).isZero();
        }
        JsonNode line = new ObjectMapper().readTree(Files.readString(folder.resolve("access.json")));
        assertThat(line.get("trace_id").asText()).isEqualTo(Exchanges.TRACE.traceIdHex());
        assertThat(line.get("timestamp").asText()).isEqualTo("1970-01-01T00:00:01Z");
        assertThat(line.get("http.request.method").asText()).isEqualTo("GET");
        assertThat(line.get("url.path").asText()).isEqualTo("/items/7");
        assertThat(line.get("tracery.fate").asText()).isEqualTo("served");
        assertThat(line.get("http.response.status_code").asInt()).isEqualTo(200);
        assertThat(line.get("duration_ms").asDouble()).isPositive();
    }

    @Test
    void keepsALineALineWhateverAClientSends() throws IOException {
        try (AccessLog log = log(100)) {
            Exchange exchange = ended(Fate.NO_ROUTE, 1);
            exchange.request(Protocol.HTTP1, "GET", "/a\n{\"\u2028\0" + "x".repeat(5_000), "h", "http");
            log.write(exchange);
            log.flush(now += SECOND);
        }
        assertThat(Files.readAllLines(folder.resolve("access.json")))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line).hasSizeLessThan(2_000);
                    assertThat(new ObjectMapper().readTree(line).get("url.path").asText())
                            .startsWith("/a\n{\"");
                });
    }

    @Test
    void samplesServedTracesAlikeAndWritesEveryFailure() {
        SplittableRandom random = new SplittableRandom(3);
        int wanted = 0;
        try (AccessLog log = log(10);
                AccessLog other = log(10)) {
            for (int i = 0; i < 10_000; i++) {
                long id = random.nextLong();
                boolean served = log.wants(ended(Fate.SERVED, id));
                assertThat(other.wants(ended(Fate.SERVED, id))).isEqualTo(served);
                assertThat(log.wants(ended(Fate.DEADLINE, id))).isTrue();
                wanted += served ? 1 : 0;
            }
        }
        assertThat(wanted).isBetween(900, 1_100);
    }

    @Test
    void goesOnInANewFileWhenTheOldOneWasMoved() throws IOException {
        Path path = folder.resolve("access.json");
        try (AccessLog log = log(100)) {
            log.write(Exchanges.served());
            log.flush(now += SECOND);
            Files.move(path, folder.resolve("access.json.1"));
            log.write(Exchanges.served());
            log.flush(now += 2 * SECOND);
            log.write(Exchanges.served());
            log.flush(now += SECOND / 10);
        }
        assertThat(Files.readAllLines(folder.resolve("access.json.1"))).hasSize(1);
        assertThat(Files.readAllLines(path)).hasSize(2);
    }

    @Test
    void countsWhatCouldNotBeWrittenAndTriesAgain() throws IOException {
        Path blocked = folder.resolve("later");
        try (AccessLog log = log(blocked.resolve("access.json"), 100)) {
            log.write(Exchanges.served());
            log.flush(now += SECOND);
            assertThat(log.account().dropped(DropReason.UNREACHABLE)).isEqualTo(1);
            Files.createDirectory(blocked);
            log.write(Exchanges.served());
            log.flush(now += 2 * SECOND);
            assertThat(log.account().exported()).isEqualTo(1);
        }
    }

    private AccessLog log(int percent) {
        return log(folder.resolve("access.json"), percent);
    }

    private AccessLog log(Path path, int percent) {
        AccessLog log = new AccessLog(new AccessLogConfig(path.toString(), percent));
        // Not before: a log looks for its file by the clock, from when it was made.
        now = System.nanoTime();
        return log;
    }

    private static Exchange ended(Fate fate, long traceIdLow) {
        Exchange exchange = new Exchange(Direction.OUTBOUND, "l", Protocol.HTTP1, 0, 0);
        exchange.trace(new TraceContext(1, traceIdLow == 0 ? 1 : traceIdLow, 1, (byte) 3, ""), 0);
        exchange.end(fate, 1);
        return exchange;
    }
}
