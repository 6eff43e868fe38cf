package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.data.Http1Peer.Message;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.tracing.span.Fate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class RetryWaitTest {

    private static RetryPolicy waiting(Backoff backoff) {
        return new RetryPolicy(3, Set.of(Condition.STATUS), Set.of(503), Duration.ZERO, backoff);
    }

    private static Backoff obeying(Duration mostAsked) {
        return new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), mostAsked);
    }

    /** Answers 503 with a Retry-After once, then 200. */
    private static Http1Backend askingToWait(String retryAfter) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        return new Http1Backend((request, client) -> {
            if (asked.incrementAndGet() == 1) {
                client.send("HTTP/1.1 503 Busy\r\nRetry-After: " + retryAfter + "\r\nContent-Length: 4\r\n\r\nbusy");
            } else {
                client.answer(200, "got " + request.text());
            }
        });
    }

    @Test
    void obeysRetryAfter() throws Exception {
        try (Http1Backend backend = askingToWait("1");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route(
                                        "cart", Duration.ofSeconds(20), waiting(obeying(Duration.ofSeconds(5))))),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            client.send("PUT / HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.receive().text()).isEqualTo("got body");
            Exchange exchange = proxy.log.only();
            assertThat(exchange.durationNanos()).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
            assertThat(exchange.attempts().getFirst().retryReason()).contains("status", "after 1000 ms");
        }
    }

    @Test
    void givesUpWhereTheWaitWouldBeTooLong() throws Exception {
        try (Http1Backend backend = askingToWait("60");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(
                                        Mesh.route("cart", Duration.ZERO, waiting(obeying(Duration.ofSeconds(5))))),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            Message answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("60");
            assertThat(proxy.log.only().attempts().getFirst().retryReason())
                    .isEqualTo("the endpoint asks to wait 60000 ms, longer than is waited");
        }
    }

    @Test
    void givesUpWhereNoTimeWouldBeLeft() throws Exception {
        try (Http1Backend backend = askingToWait("3");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route(
                                        "cart", Duration.ofSeconds(2), waiting(obeying(Duration.ofSeconds(5))))),
                                Mesh.cluster("cart", backend.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/").status()).isEqualTo(503);
            assertThat(proxy.log.only().attempts().getFirst().retryReason()).contains("time would be up");
        }
    }

    @Test
    void aClientThatLeavesEndsAWait() throws Exception {
        Backoff minute = new Backoff(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO);
        try (Http1Backend backend = new Http1Backend((request, client) -> client.answer(503, "busy"));
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(Mesh.route("cart", Duration.ZERO, waiting(minute))),
                                Mesh.cluster("cart", backend.address()))) {
            try (Http1Peer client = Http1Peer.connect(proxy.address())) {
                client.send("GET / HTTP/1.1\r\nHost: cart\r\n\r\n");
                Awaitility.await().until(() -> !backend.requests().isEmpty());
            }
            Exchange exchange = proxy.log.only();
            assertThat(exchange.fate()).isEqualTo(Fate.CLIENT_GONE);
            assertThat(exchange.attempts()).extracting(Attempt::outcome).first().isIn(Fate.APP_ERROR, Fate.CLIENT_GONE);
        }
    }
}
