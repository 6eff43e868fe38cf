package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.FullHttpResponse;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.tracing.span.Fate;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailureResponderTest {

    @ParameterizedTest
    @CsvSource({
        "MALFORMED_REQUEST,    400, 3",
        "NO_ROUTE,             404, 12",
        "POLICY_DENIED,        403, 7",
        "RATE_LIMITED,         429, 8",
        "TLS_VERIFICATION,     502, 14",
        "RESET_BEFORE_HEADERS, 502, 14",
        "MALFORMED_RESPONSE,   502, 14",
        "CONNECT_REFUSED,      503, 14",
        "NO_ENDPOINT,          503, 14",
        "FAULT_INJECTED,       503, 14",
        "BREAKER_OPEN,         503, 14",
        "QUEUE_FULL,           503, 8",
        "CONNECT_TIMEOUT,      504, 4",
        "DEADLINE,             504, 4",
    })
    void eachFateHasItsStatus(Fate fate, int http, int grpc) {
        assertThat(FailureResponder.httpStatus(fate).code()).isEqualTo(http);
        assertThat(FailureResponder.grpcStatus(fate)).isEqualTo(grpc);
    }

    @ParameterizedTest
    @EnumSource(Fate.class)
    void everyAnswerNamesItsFate(Fate fate) {
        FullHttpResponse plain = FailureResponder.answer(fate, Protocol.HTTP1, "why");
        assertThat(plain.headers().get("x-tracery-fate")).isEqualTo(fate.label());
        assertThat(plain.content().toString(StandardCharsets.UTF_8)).isEqualTo(fate.label() + ": why\n");
        plain.release();

        FullHttpResponse grpc = FailureResponder.answer(fate, Protocol.GRPC, "why");
        assertThat(grpc.status().code()).isEqualTo(200);
        assertThat(grpc.headers().get("x-tracery-fate")).isEqualTo(fate.label());
        assertThat(grpc.content().isReadable()).isFalse();
        grpc.release();
    }

    @Test
    void aGrpcMessageIsPercentEncoded() {
        FullHttpResponse grpc = FailureResponder.answer(Fate.NO_ROUTE, Protocol.GRPC, "100 % für\nnichts");
        assertThat(grpc.headers().get("grpc-message")).isEqualTo("no_route: 100 %25 f%C3%BCr%0Anichts");
        grpc.release();
    }
}
