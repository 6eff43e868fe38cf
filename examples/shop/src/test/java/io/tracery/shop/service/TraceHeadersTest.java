package io.tracery.shop.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Peer;
import io.tracery.shop.temper.Temper;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the services do with the trace that a request carries. */
@Timeout(30)
class TraceHeadersTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    /** The traceparent of each request that the peer received; "none" where there was none. */
    private final List<String> received = new CopyOnWriteArrayList<>();

    private final HttpApplication peer = served("peer", application -> {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
            application.on(method, "/{a}/{b}", call -> recorded(call.header("traceparent")));
            application.on(method, "/{a}", call -> recorded(call.header("traceparent")));
        }
    });

    private Answer recorded(@Nullable String traceparent) {
        received.add(traceparent == null ? "none" : traceparent);
        return Answer.json("{}");
    }

    @BeforeEach
    void open() {
        peer.start();
    }

    @AfterEach
    void shut() {
        peer.close();
    }

    @Test
    void recommendationHandsOnTheTraceToEachCall() {
        send(new Recommendation(peer(), new Temper(1)), HttpMethod.GET, "/recommendations/p01");

        assertThat(received).hasSize(3).containsOnly("00-" + TRACE + "-" + PARENT + "-01");
    }

    @Test
    void notificationsDropsTheTrace() {
        send(new Notifications(peer()), HttpMethod.POST, "/receipts/o-1");

        assertThat(received).containsExactly("none");
    }

    @Test
    void paymentPutsItsOwnSpansBetweenWhatItReceivesAndWhatItSends() {
        Spans spans = new Spans();
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build()) {
            send(new Payment(peer(), provider.get("test")), HttpMethod.POST, "/payments/o-1");
        }

        assertThat(spans.ended).allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
        SpanData charge = spans.named("charge");
        assertThat(charge.getParentSpanId()).isEqualTo(PARENT);
        SpanData send = spans.named("send receipt");
        assertThat(send.getParentSpanId()).isEqualTo(charge.getSpanId());
        assertThat(received).containsExactly("00-" + TRACE + "-" + send.getSpanId() + "-01");
    }

    private Peer peer() {
        return new Peer("peer", "127.0.0.1:" + peer.port(), ClientFactory.ofDefault());
    }

    private static void send(HttpApplication.Routes routes, HttpMethod method, String path) {
        try (HttpApplication application = served("served", routes)) {
            application.start();
            RequestHeaders request = RequestHeaders.builder(method, path)
                    .set("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                    .build();
            assertThat(BlockingWebClient.of("h1c://127.0.0.1:" + application.port())
                            .execute(request)
                            .status()
                            .code())
                    .isEqualTo(200);
        }
    }

    private static HttpApplication served(String name, HttpApplication.Routes routes) {
        return new HttpApplication(name, new InetSocketAddress("127.0.0.1", 0), routes);
    }

    private static final class Spans implements SpanExporter {

        private final List<SpanData> ended = new CopyOnWriteArrayList<>();

        SpanData named(String name) {
            return ended.stream()
                    .filter(span -> span.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            ended.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
