package io.tracery.pipeline.raw;

import static io.tracery.pipeline.otlp.Batches.TRACE_A;
import static io.tracery.pipeline.otlp.Batches.attribute;
import static io.tracery.pipeline.otlp.Batches.resource;
import static io.tracery.pipeline.otlp.Batches.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawQueryTest {

    /** One second long, as all of {@code Batches}. */
    private static final RawSpan SPAN = RawSpan.of(
            resource("service.name", "cart", "service.namespace", "shop").build(),
            span(TRACE_A, "00f067aa0ba902b1")
                    .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                    .addAttributes(attribute("tracery.fate", "app_error"))
                    .addAttributes(attribute("url.path", "/items/7"))
                    .addAttributes(KeyValue.newBuilder()
                            .setKey("http.response.status_code")
                            .setValue(AnyValue.newBuilder().setIntValue(503)))
                    .build());

    @ParameterizedTest
    @CsvSource({
        "service, cart, true",
        "service, shop/cart, true",
        "service, shop/art, false",
        "service, art, false",
        "fate, app_error, true",
        "fate, !served, true",
        "fate, !app_error, false",
        "fate, served, false",
        "status, 503, true",
        "status, 5xx, true",
        "status, 5XX, true",
        "status, 4xx, false",
        "status, 50, false",
        "path, /items, true",
        "path, /item/, false",
        "minDuration, 1s, true",
        "minDuration, 1001ms, false",
        "maxDuration, 1s, true",
        "maxDuration, 999.9ms, false",
        "trace, " + TRACE_A + ", true",
        "trace, af7651916cd43dd8448eb211c80319c, true",
        "trace, 1, false"
    })
    void findsWhatItIsAskedFor(String parameter, String value, boolean found) {
        assertThat(RawQuery.parse(Map.of(parameter, value)).matches(SPAN)).isEqualTo(found);
    }

    @Test
    void everyPartMustMatch() {
        assertThat(RawQuery.parse(Map.of("service", "cart", "status", "5xx")).matches(SPAN))
                .isTrue();
        assertThat(RawQuery.parse(Map.of("service", "cart", "status", "200")).matches(SPAN))
                .isFalse();
        assertThat(RawQuery.parse(Map.of()).since()).isEqualTo(Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @CsvSource({
        "servce, cart, there is no parameter servce",
        "since, yesterday, since is yesterday; it is a number with",
        "minDuration, 10, minDuration is 10",
        "limit, 0, limit is 0; set it to 1..1000",
        "limit, 5000, limit is 5000",
        "trace, xyz, hexadecimal"
    })
    void saysWhatIsWrong(String parameter, String value, String said) {
        assertThatThrownBy(() -> RawQuery.parse(Map.of(parameter, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }
}
