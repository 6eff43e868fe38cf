package io.tracery.pipeline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tracery.pipeline.otlp.Batches;
import org.junit.jupiter.api.Test;

class OtlpJsonTest {

    @Test
    void readsHexIdsNumericEnumsAndBothFormsOfLongs() throws InvalidProtocolBufferException {
        Span span = span("""
                {"traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174",
                 "parentSpanId": "eee19b7ec3c1b173", "name": "GET /", "kind": 2, "status": {"code": 2},
                 "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": 1544712661000000000,
                 "notInThisVersion": {"a": [1]},
                 "attributes": [{"key": "traceId", "value": {"stringValue": "EEE19B7EC3C1B174"}}],
                 "links": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "00f067aa0ba902b7"}]}""");

        assertThat(span.getTraceId()).isEqualTo(Batches.hex("5b8efff798038103d269b633813fc60c"));
        assertThat(span.getSpanId()).isEqualTo(Batches.hex("eee19b7ec3c1b174"));
        assertThat(span.getParentSpanId()).isEqualTo(Batches.hex("eee19b7ec3c1b173"));
        assertThat(span.getLinks(0).getTraceId()).isEqualTo(Batches.hex(Batches.TRACE_A));
        assertThat(span.getLinks(0).getSpanId()).isEqualTo(Batches.hex("00f067aa0ba902b7"));
        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(span.getStartTimeUnixNano()).isEqualTo(1_544_712_660_000_000_000L);
        assertThat(span.getEndTimeUnixNano()).isEqualTo(1_544_712_661_000_000_000L);
        assertThat(span.getAttributes(0).getValue().getStringValue()).isEqualTo("EEE19B7EC3C1B174");
    }

    @Test
    void turnsAnIdThatIsNotHexIntoOneThatTheSplitterRefuses() throws InvalidProtocolBufferException {
        assertThat(span("{\"traceId\": \"CvdlGRbNQ92ESOshHIAxnA==\"}")
                        .getTraceId()
                        .size())
                .isNotEqualTo(16);
        assertThat(span("{\"spanId\": \"zzzzzzzzzzzzzzzz\"}").getSpanId().size())
                .isNotEqualTo(8);
        assertThat(span("{\"spanId\": \"00f067aa\"}").getSpanId().size()).isEqualTo(4);
    }

    @Test
    void readsTheIdsOfExemplars() throws InvalidProtocolBufferException {
        var request = OtlpJson.metrics("""
                {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m", "sum": {"dataPoints": [
                  {"asInt": "3", "exemplars": [{"traceId": "0af7651916cd43dd8448eb211c80319c",
                                                "spanId": "00f067aa0ba902b7"}]}]}}]}]}]}""");

        var point = request.getResourceMetrics(0)
                .getScopeMetrics(0)
                .getMetrics(0)
                .getSum()
                .getDataPoints(0);
        assertThat(point.getAsInt()).isEqualTo(3);
        assertThat(point.getExemplars(0).getTraceId()).isEqualTo(Batches.hex(Batches.TRACE_A));
    }

    @Test
    void refusesWhatIsNotJson() {
        assertThatThrownBy(() -> OtlpJson.traces("{\"resourceSpans\": ["))
                .isInstanceOf(InvalidProtocolBufferException.class);
        assertThatThrownBy(() -> OtlpJson.traces("{\"resourceSpans\": 7}"))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    private static Span span(String json) throws InvalidProtocolBufferException {
        return OtlpJson.traces("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + json + "]}]}]}")
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpans(0);
    }
}
