package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.tracing.context.TraceContext;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TraceHeadersTest {

    private static final String W3C_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String B3_TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String SPAN = "e457b5a2e4d86bd1";

    private final HttpHeaders headers = new DefaultHttpHeaders();

    @Test
    void w3cRulesAndTheOthersFollow() {
        headers.set("traceparent", "00-" + W3C_TRACE + "-" + SPAN + "-01").set("b3", B3_TRACE + "-" + SPAN + "-1");
        TraceContext caller = Objects.requireNonNull(TraceHeaders.read(headers));
        assertThat(caller.traceIdHex()).isEqualTo(W3C_TRACE);
        TraceHeaders.write(headers, caller.child(0x1f), caller.spanId());
        assertThat(headers.get("traceparent")).isEqualTo("00-" + W3C_TRACE + "-000000000000001f-01");
        assertThat(headers.get("b3")).isEqualTo(W3C_TRACE + "-000000000000001f-1");
        assertThat(headers).hasSize(2);
    }

    @Test
    void anEntryOfBaggageAsksForTheTraceToBeKept() {
        assertThat(TraceHeaders.marked(headers)).isFalse();
        headers.set("baggage", "user=7, tracery = keep ;ttl=1");
        assertThat(TraceHeaders.marked(headers)).isTrue();
        headers.set("baggage", "tracery=keeper,x-tracery=keep,y=tracery=keep");
        assertThat(TraceHeaders.marked(headers)).isFalse();
        headers.set("baggage", "user=7").add("baggage", "tracery=keep");
        assertThat(TraceHeaders.marked(headers)).as("several headers are one").isTrue();
    }

    @Test
    void oneB3HeaderComesBeforeSeveralAndBothBeforeJaegers() {
        headers.set("uber-trace-id", "abc:1:0:1");
        assertThat(trace()).endsWith("0abc");
        headers.set("x-b3-traceid", SPAN).set("x-b3-spanid", SPAN);
        assertThat(trace()).endsWith(SPAN);
        headers.set("b3", B3_TRACE + "-" + SPAN);
        assertThat(trace()).isEqualTo(B3_TRACE);
        headers.set("b3", "0");
        assertThat(trace()).as("no ids: the next one").endsWith(SPAN);
    }

    @Test
    void severalB3HeadersAreWrittenTogether() {
        headers.set("X-B3-TraceId", B3_TRACE)
                .set("X-B3-SpanId", SPAN)
                .set("X-B3-ParentSpanId", "05e3ac9a4f6e3b90")
                .set("X-B3-Sampled", "1")
                .set("X-B3-Flags", "1");
        TraceContext caller = Objects.requireNonNull(TraceHeaders.read(headers));
        TraceHeaders.write(headers, caller.child(0x1f), caller.spanId());
        assertThat(headers.get("x-b3-traceid")).isEqualTo(B3_TRACE);
        assertThat(headers.get("x-b3-spanid")).isEqualTo("000000000000001f");
        assertThat(headers.get("x-b3-parentspanid")).isEqualTo(SPAN);
        assertThat(headers.get("x-b3-sampled")).isEqualTo("1");
        assertThat(headers.get("x-b3-flags")).isEqualTo("1");
        assertThat(headers.get("traceparent")).isEqualTo("00-" + B3_TRACE + "-000000000000001f-01");
    }

    @Test
    void withoutAnyATraceBeginsAndNothingButW3cIsAdded() {
        headers.set("tracestate", "orphan=1").set("uber-trace-id", "not an id");
        assertThat(TraceHeaders.read(headers)).isNull();
        assertThat(headers.contains("tracestate")).isFalse();
        headers.remove("uber-trace-id");
        TraceHeaders.write(headers, new TraceContext(1, 2, 3, (byte) 3, ""), 0);
        assertThat(headers.names()).containsExactly("traceparent");
    }

    private String trace() {
        return Objects.requireNonNull(TraceHeaders.read(headers)).traceIdHex();
    }
}
