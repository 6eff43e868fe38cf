package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.loop.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    /** 1994-11-06T08:49:37Z, the specification's own example. */
    private static final Ticker CLOCK = new Ticker() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long epochNanos() {
            return TimeUnit.SECONDS.toNanos(784_111_777);
        }
    };

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            429 | 120                           | 120
            503 | 7                             | 7
            503 | Sun, 06 Nov 1994 08:49:47 GMT | 10
            503 | Sun, 06 Nov 1994 08:49:27 GMT | 0
            503 | 99999999                      | 86400
            503 | -1                            | 0
            503 | soon                          | 0
            500 | 120                           | 0
            200 | 120                           | 0
            """)
    void readsSecondsAndDates(int status, String value, long seconds) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        head.headers().set("retry-after", value);
        assertThat(RetryAfter.nanos(head, CLOCK)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
    }
}
