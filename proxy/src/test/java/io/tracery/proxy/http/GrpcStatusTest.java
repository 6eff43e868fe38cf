package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.tracery.tracing.span.Fate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcStatusTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "16, 16", "17, -1", "x, -1", "1x, -1", "100, -1", "-1, -1"})
    void readsTheCodesThatThereAre(String value, int code) {
        assertThat(GrpcStatus.of(new DefaultHttpHeaders().set("grpc-status", value)))
                .isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 12, 13, 14, 15})
    void someAreTheServersErrors(int code) {
        assertThat(GrpcStatus.fate(code)).isEqualTo(Fate.APP_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 16})
    void theOthersAreAnswers(int code) {
        assertThat(GrpcStatus.fate(code)).isEqualTo(Fate.SERVED);
    }
}
