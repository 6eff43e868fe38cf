package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.proxy.exchange.Attempt;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.mesh.Workload;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Scope;
import io.tracery.tracing.otlp.TracesEncoder;
import io.tracery.tracing.span.Fate;
import io.tracery.tracing.span.SpanStatus;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Features of the mesh's spans, as a reader of {@code mesh_spans} sees them. */
class SpanEncoderTest {

    private final TracesEncoder traces = new TracesEncoder(AttributeSet.EMPTY, new Scope("test", ""));
    private final SpanEncoder encoder = new SpanEncoder(traces, new SplittableRandom(1));

    private final SeriesTable series = new SeriesTable(new SeriesBudget(Limits.DEFAULT), Limits.DEFAULT);

    @Test
    void aServedExchangeIsOneSpan() {
        Span span = encodeOne(Exchanges.served("shop/cart/0", 2_000_000));

        assertThat(span.getName()).isEqualTo("GET /items/{id}");
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(span.getTraceId().toByteArray()).endsWith(0x22).hasSize(16);
        assertThat(span.getSpanId().toByteArray()).endsWith(0x33).hasSize(8);
        assertThat(span.getParentSpanId().toByteArray()).endsWith(0x44).hasSize(8);
        assertThat(span.getStartTimeUnixNano()).isEqualTo(Exchanges.EPOCH);
        assertThat(span.getEndTimeUnixNano()).isEqualTo(Exchanges.EPOCH + 2_000_128);
        assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        assertThat(span.getFlags()).isEqualTo(0x303);
        assertThat(attributes(span.getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("http.request.method", "GET"),
                        Map.entry("url.path", "/items/7"),
                        Map.entry("url.scheme", "http"),
                        Map.entry("server.address", "cart.shop"),
                        Map.entry("server.port", 80L),
                        Map.entry("network.protocol.version", "1.1"),
                        Map.entry("network.peer.address", "127.0.0.1"),
                        Map.entry("network.peer.port", 21001L),
                        Map.entry("http.response.status_code", 200L),
                        Map.entry("http.route", "/items/{id}"),
                        Map.entry("tracery.route", "shop/cart/0"),
                        Map.entry("tracery.cluster", "outbound/cart.shop/80"),
                        Map.entry("service.peer.name", "cart"),
                        Map.entry("service.peer.namespace", "shop"),
                        Map.entry("tracery.fate", "served"),
                        Map.entry("tracery.tls", "mtls"),
                        Map.entry("tracery.peer.identity", Exchanges.CART_IDENTITY),
                        Map.entry("tracery.peer.version", "v1"),
                        Map.entry("tracery.stage.transfer_us", 1999L),
                        Map.entry("tracery.bytes.received", 5L),
                        Map.entry("tracery.bytes.sent", 7L)));
    }

    /** The golden decision record: both candidates with their cost, why the first failed, and that it was tried again. */
    @Test
    void aRetriedExchangeTellsWhyItWentWhereItWent() {
        List<Span> spans = encode(retried());

        assertThat(spans)
                .hasSize(3)
                .allMatch(span -> span.getTraceId().equals(spans.getFirst().getTraceId()));
        Span exchange = spans.getFirst();
        assertThat(exchange.getEventsList())
                .containsExactly(
                        event(0, "tracery.pick")
                                .addAttributes(number("tracery.attempt", 1))
                                .addAttributes(text("tracery.pick.endpoint", "127.0.0.1:21001"))
                                .addAttributes(real("tracery.pick.cost_ms", 1.5))
                                .addAttributes(text("tracery.pick.other", "127.0.0.1:21002"))
                                .addAttributes(real("tracery.pick.other_cost_ms", 2.5))
                                .build(),
                        event(40_000, "tracery.retry")
                                .addAttributes(number("tracery.attempt", 1))
                                .addAttributes(text("tracery.retry.decision", "retried"))
                                .addAttributes(text("tracery.retry.reason", "connection refused"))
                                .build(),
                        event(60_000, "tracery.pick")
                                .addAttributes(number("tracery.attempt", 2))
                                .addAttributes(text("tracery.pick.endpoint", "127.0.0.1:21002"))
                                .addAttributes(real("tracery.pick.cost_ms", 1.5))
                                .addAttributes(text("tracery.pick.other", "127.0.0.1:21001"))
                                .addAttributes(real("tracery.pick.other_cost_ms", 2.5))
                                .build());
        assertThat(attributes(exchange.getAttributesList()))
                .containsEntry("tracery.attempts", 2L)
                .containsEntry("tracery.peer.version", "v2")
                .containsEntry("tracery.stage.queue_us", 60L)
                .containsEntry("tracery.stage.connect_us", 20L)
                .containsEntry("tracery.stage.first_byte_us", 10L)
                .containsEntry("tracery.stage.transfer_us", 910L)
                .doesNotContainKey("error.type");
    }

    @Test
    void anAttemptThatWasOutrunHasNoFateAndTheDecisionSaysWhyAnotherWasMade() {
        long start = Exchanges.START;
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        Attempt first = Exchanges.attempt(exchange, Exchanges.FIRST, Exchanges.TRACE.spanId(), start + 10_000);
        first.hedged(start + 60_000, true, "no answer after 50 ms, budget 99 left");
        Attempt second = Exchanges.attempt(exchange, Exchanges.SECOND, 0x55, start + 60_000);
        second.connected(start + 80_000, false);
        second.firstByte(start + 90_000);
        first.outrun(start + 90_000);
        exchange.answeredBy(second);
        exchange.hedged();
        exchange.status(200);
        second.ended(start + 1_000_000, Fate.SERVED, 200);
        exchange.end(Fate.SERVED, start + 1_000_000);

        List<Span> spans = encode(exchange);
        assertThat(spans.get(0).getEventsList())
                .contains(event(60_000, "tracery.hedge")
                        .addAttributes(number("tracery.attempt", 1))
                        .addAttributes(text("tracery.hedge.decision", "hedged"))
                        .addAttributes(text("tracery.hedge.reason", "no answer after 50 ms, budget 99 left"))
                        .build());
        assertThat(attributes(spans.get(1).getAttributesList()))
                .containsEntry("tracery.attempt.outcome", "outrun")
                .doesNotContainKeys("tracery.fate", "error.type");
        assertThat(spans.get(1).getEndTimeUnixNano() - spans.get(1).getStartTimeUnixNano())
                .isEqualTo(80_000);
    }

    @Test
    void aSpanBeginsAndEndsInStepsThatCompress() {
        for (long late : new long[] {0, 1, 255, 256, 1_000}) {
            Exchange exchange = new Exchange(
                    Direction.OUTBOUND,
                    "outbound/cart.shop/80",
                    Protocol.HTTP1,
                    Exchanges.EPOCH + late,
                    Exchanges.START);
            exchange.request(Protocol.HTTP1, "GET", "/", "cart.shop", "http");
            exchange.limited("10 per second");
            exchange.end(Fate.RATE_LIMITED, Exchanges.START + 2_000_001);
            Span span = encodeOne(exchange);
            assertThat(span.getStartTimeUnixNano()).isEqualTo(Exchanges.EPOCH + late / 256 * 256);
            assertThat(span.getEndTimeUnixNano() - span.getStartTimeUnixNano()).isEqualTo(2_000_128);
            assertThat(span.getEvents(0).getTimeUnixNano()).isEqualTo(span.getStartTimeUnixNano());
        }
    }

    @Test
    void figuresOfAnySizeAreTold() {
        for (long bytes : new long[] {0, 127, 128, 1L << 35, Long.MAX_VALUE / 4}) {
            Exchange exchange = Exchanges.outbound("shop/cart/0");
            exchange.received(bytes);
            exchange.sent(bytes + 1);
            exchange.status(200);
            exchange.end(Fate.SERVED, 600);
            assertThat(attributes(encodeOne(exchange).getAttributesList()))
                    .containsEntry("tracery.bytes.received", bytes)
                    .containsEntry("tracery.bytes.sent", bytes + 1);
        }
    }

    @Test
    void theFirstPickBearsTheTimeOfTheSpanUnlessItWasLate() {
        for (long late : new long[] {0, 999_999, 1_000_000, 5_000_000}) {
            Exchange exchange = Exchanges.outbound("shop/cart/0");
            Exchanges.attempt(exchange, Exchanges.FIRST, Exchanges.TRACE.spanId(), Exchanges.START + late);
            exchange.end(Fate.CLIENT_GONE, Exchanges.START + 9_000_000);
            assertThat(encodeOne(exchange).getEvents(0).getTimeUnixNano())
                    .isEqualTo(Exchanges.EPOCH + (late < 1_000_000 ? 0 : late));
        }
    }

    @Test
    void costsAreToldToATenThousandth() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            double cost = random.nextDouble() * Math.pow(10, random.nextInt(-3, 9));
            assertThat(DecisionRecord.rounded(cost)).isCloseTo(cost, withinPercentage(0.015));
        }
        assertThat(DecisionRecord.rounded(0)).isZero();
    }

    @Test
    void eachAttemptOfARetriedExchangeIsASpanBelowIt() {
        List<Span> spans = encode(retried());
        Span exchange = spans.get(0);
        Span first = spans.get(1);
        Span second = spans.get(2);

        assertThat(first.getParentSpanId()).isEqualTo(exchange.getSpanId());
        assertThat(second.getParentSpanId()).isEqualTo(exchange.getSpanId());
        assertThat(first.getSpanId()).isNotEqualTo(exchange.getSpanId());
        assertThat(second.getSpanId().toByteArray()).as("what went upstream").endsWith(0x55);
        assertThat(first.getStartTimeUnixNano()).isEqualTo(Exchanges.EPOCH + 10_000);
        assertThat(first.getEndTimeUnixNano()).isEqualTo(Exchanges.EPOCH + 40_000);
        assertThat(attributes(first.getAttributesList()))
                .containsEntry("tracery.fate", "connect_refused")
                .containsEntry("error.type", "connect_refused")
                .containsEntry("tracery.attempt", 1L)
                .containsEntry("network.peer.port", 21001L)
                .doesNotContainKeys("http.request.resend_count", "http.response.status_code");
        assertThat(first.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(second.getAttributesList()))
                .containsEntry("tracery.fate", "served")
                .containsEntry("http.request.resend_count", 1L)
                .containsEntry("http.response.status_code", 200L);
        assertThat(second.getFlags()).isEqualTo(0x103);
    }

    @Test
    void anInboundExchangeOfAPathThatNobodyAnswersIsNamedByItsMethodAlone() {
        Exchange exchange = new Exchange(Direction.INBOUND, "inbound/21003", Protocol.HTTP2, Exchanges.EPOCH, 0);
        exchange.request(Protocol.HTTP2, "PURGE", "/x", "[::1]:20003", "https");
        exchange.trace(new TraceContext(1, 2, 3, (byte) 0, "k=v"), 0);
        exchange.routed(Exchanges.route("inbound/21003"));
        exchange.peer(
                new Workload("shop", "front", "", "spiffe://td/ns/shop/sa/front"),
                "spiffe://td/ns/shop/sa/front",
                true);
        exchange.status(404);
        exchange.end(Fate.SERVED, 10);
        Span span = encodeOne(exchange);

        assertThat(span.getName()).isEqualTo("HTTP");
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(span.getTraceState()).isEqualTo("k=v");
        assertThat(span.getParentSpanId().isEmpty()).isTrue();
        assertThat(span.getFlags()).isEqualTo(0x100);
        assertThat(span.getStatus().getCode())
                .as("a client's error is no server's")
                .isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
        assertThat(attributes(span.getAttributesList()))
                .containsEntry("http.request.method", "_OTHER")
                .containsEntry("server.address", "::1")
                .containsEntry("server.port", 20003L)
                .containsEntry("service.peer.name", "front")
                .doesNotContainKeys("error.type", "tracery.peer.version", "tracery.stage.queue_us");
    }

    @Test
    void stagesOfLessThanTenMicrosecondsAreNotToldOf() {
        long start = Exchanges.START;
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        Attempt attempt = Exchanges.attempt(exchange, Exchanges.FIRST, 0x54, start + 9_999);
        attempt.connected(start + 9_999, true);
        attempt.firstByte(start + 19_999);
        attempt.ended(start + 29_998, Fate.SERVED, 200);
        exchange.status(200);
        exchange.end(Fate.SERVED, start + 29_998);

        assertThat(attributes(encodeOne(exchange).getAttributesList()))
                .containsEntry("tracery.stage.first_byte_us", 10L)
                .doesNotContainKeys("tracery.stage.queue_us", "tracery.stage.connect_us", "tracery.stage.transfer_us");
    }

    @Test
    void aClientErrorIsAnErrorOnTheClientsSide() {
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        exchange.status(404);
        exchange.end(Fate.SERVED, 600);
        Span span = encodeOne(exchange);

        assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(span.getAttributesList()))
                .containsEntry("error.type", "404")
                .containsEntry("tracery.fate", "served");
    }

    /** Also where the application on the other side did as it should: NOT_FOUND is the caller's to deal with. */
    @Test
    void aGrpcStatusOtherThanOkIsAnErrorOnTheClientsSide() {
        Exchange exchange = Exchanges.outbound(Protocol.GRPC, "shop/shipping/0");
        exchange.request(Protocol.GRPC, "POST", "/shop.Shipping/Quote", "shipping", "http");
        exchange.status(200);
        exchange.grpcStatus(5);
        exchange.end(Fate.SERVED, 600);
        Span span = encodeOne(exchange);

        assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(span.getAttributesList()))
                .containsEntry("error.type", "NOT_FOUND")
                .containsEntry("tracery.fate", "served");
        assertThat(SpanAttributes.status(Fate.SERVED, 200, 5, false)).isEqualTo(SpanStatus.UNSET);
        assertThat(SpanAttributes.status(Fate.SERVED, 200, 0, true)).isEqualTo(SpanStatus.UNSET);
    }

    @Test
    void aGrpcExchangeIsNamedByItsMethod() {
        Exchange exchange = Exchanges.outbound(Protocol.GRPC, "shop/shipping/0");
        exchange.request(Protocol.GRPC, "POST", "/shop.Shipping/Quote", "shipping", "http");
        exchange.status(200);
        exchange.grpcStatus(14);
        exchange.end(Fate.APP_ERROR, 600);
        Span span = encodeOne(exchange);

        assertThat(span.getName()).isEqualTo("shop.Shipping/Quote");
        assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(span.getAttributesList()))
                .containsEntry("rpc.system.name", "grpc")
                .containsEntry("rpc.method", "shop.Shipping/Quote")
                .containsEntry("rpc.response.status_code", "UNAVAILABLE")
                .containsEntry("error.type", "app_error")
                .containsEntry("server.address", "shipping")
                .containsEntry("server.port", 80L);
    }

    @Test
    void aTcpConnectionIsNamedByItsService() {
        Exchange exchange = new Exchange(
                Direction.OUTBOUND, "outbound/kv.shop/6379", Protocol.TCP, Exchanges.EPOCH, Exchanges.START);
        exchange.trace(Exchanges.TRACE, 0);
        exchange.cluster(Exchanges.CLUSTER);
        exchange.end(Fate.CLIENT_GONE, 900);
        Span span = encodeOne(exchange);

        assertThat(span.getName()).isEqualTo("tcp cart");
        assertThat(attributes(span.getAttributesList()))
                .containsEntry("tracery.fate", "client_gone")
                .containsEntry("service.peer.name", "cart")
                .containsEntry("tracery.route", "outbound/kv.shop/6379")
                .doesNotContainKeys("http.route", "http.request.method", "url.path");
    }

    @Test
    void tlsThatPassesThroughIsToldByTheServerItAsksFor() {
        Exchange exchange = new Exchange(
                Direction.OUTBOUND, "outbound/vault.shop/8200", Protocol.TCP, Exchanges.EPOCH, Exchanges.START);
        exchange.request(Protocol.TCP, "", "", "eu.vault.example.com", "");
        exchange.end(Fate.NO_ROUTE, 900);

        assertThat(attributes(encodeOne(exchange).getAttributesList()))
                .containsEntry("tls.client.server_name", "eu.vault.example.com")
                .containsEntry("tracery.fate", "no_route");
    }

    @Test
    void whatWasNeverUnderstoodStillHasASpanOfItsOwn() {
        Exchange exchange = new Exchange(Direction.INBOUND, "inbound/21003", Protocol.HTTP1, Exchanges.EPOCH, 0);
        exchange.end(Fate.MALFORMED_REQUEST, 10);
        Span span = encodeOne(exchange);

        assertThat(span.getTraceId().toByteArray()).isNotEqualTo(new byte[16]);
        assertThat(span.getName()).isEqualTo("HTTP");
        assertThat(attributes(span.getAttributesList())).containsEntry("error.type", "malformed_request");
    }

    @Test
    void whatClientsChooseIsBoundedInLength() {
        Exchange exchange = Exchanges.outbound(Protocol.GRPC, "r");
        String endless = "/" + "x".repeat(100_000);
        exchange.request(Protocol.GRPC, "POST", endless, endless, endless);
        exchange.end(Fate.NO_ENDPOINT, 600);
        encoder.encode(exchange);

        assertThat(traces.size()).isLessThan(6_000);
    }

    @ParameterizedTest
    @CsvSource({
        "cart, cart, 80",
        "cart:80, cart, 80",
        "::1, ::1, 80",
        "[::1], ::1, 80",
        "[::1]:8080, ::1, 8080",
        "cart:, cart, ",
        "cart:99999, cart, ",
        "cart:8x, cart, ",
    })
    void addressAndPortAreTakenApart(String authority, String address, Long port) {
        Exchange exchange = Exchanges.outbound("r");
        exchange.request(Protocol.HTTP1, "GET", "/", authority, "http");
        exchange.end(Fate.NO_ENDPOINT, 600);
        Map<String, Object> attributes = attributes(encodeOne(exchange).getAttributesList());

        assertThat(attributes.get("server.address")).isEqualTo(address);
        assertThat(attributes.get("server.port")).isEqualTo(port);
    }

    private static Exchange retried() {
        long start = Exchanges.START;
        Exchange exchange = Exchanges.outbound("shop/cart/0");
        Attempt first = Exchanges.attempt(exchange, Exchanges.FIRST, Exchanges.TRACE.spanId(), start + 10_000);
        first.ended(start + 40_000, Fate.CONNECT_REFUSED, 0);
        first.retryDecision(true, "connection refused");
        Attempt second = Exchanges.attempt(exchange, Exchanges.SECOND, 0x55, start + 60_000);
        second.connected(start + 80_000, false);
        second.firstByte(start + 90_000);
        exchange.status(200);
        second.ended(start + 1_000_000, Fate.SERVED, 200);
        exchange.end(Fate.SERVED, start + 1_000_000);
        return exchange;
    }

    private Span encodeOne(Exchange exchange) {
        List<Span> spans = encode(exchange);
        assertThat(spans).hasSize(1);
        return spans.getFirst();
    }

    private List<Span> encode(Exchange exchange) {
        series.resolve(exchange);
        encoder.encode(exchange);
        assertThat(traces.spans()).isEqualTo(SpanEncoder.spansOf(exchange));
        try {
            return TracesData.parseFrom(traces.finish())
                    .getResourceSpans(0)
                    .getScopeSpans(0)
                    .getSpansList();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, Object> attributes(List<KeyValue> attributes) {
        Map<String, Object> map = new TreeMap<>();
        for (KeyValue attribute : attributes) {
            AnyValue value = attribute.getValue();
            Object plain = value.hasStringValue()
                    ? value.getStringValue()
                    : value.hasIntValue() ? (Object) value.getIntValue() : (Object) value.getDoubleValue();
            assertThat(map.put(attribute.getKey(), plain))
                    .as("%s twice", attribute.getKey())
                    .isNull();
        }
        return map;
    }

    private static Span.Event.Builder event(long afterStart, String name) {
        return Span.Event.newBuilder()
                .setTimeUnixNano(Exchanges.EPOCH + afterStart)
                .setName(name);
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static KeyValue number(String key, long value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }

    private static KeyValue real(String key, double value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setDoubleValue(value))
                .build();
    }
}
