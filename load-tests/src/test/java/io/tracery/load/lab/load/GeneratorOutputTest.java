package io.tracery.load.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GeneratorOutputTest {

    @Test
    void readsWhatWrkPrints() {
        assertThat(Wrk.parse("""
                          12345 requests in 2.00s, 3.21MB read
                          Socket errors: connect 0, read 1, write 0, timeout 2
                          Non-2xx or 3xx responses: 4
                        Requests/sec:   6172.50
                        """)).isEqualTo(new Outcome(12_345, 7, 2.0));
    }

    @Test
    void readsWhatH2loadPrints() {
        assertThat(H2load.parse("""
                        finished in 5.00s, 21500.40 req/s, 22.59MB/s
                        requests: 107502 total, 107502 started, 107502 done, 107500 succeeded, 2 failed, 0 errored, 0 timeout
                        status codes: 107499 2xx, 0 3xx, 1 4xx, 0 5xx
                        """, 5)).isEqualTo(new Outcome(107_499, 3, 5));
    }

    @Test
    void readsAResponseHeadWhateverItsCase() {
        assertThat(ResponseHead.parse("HTTP/1.1 200 OK\r\nServer: x\r\nCONTENT-Length: 17\r\nDate: y"))
                .isEqualTo(new ResponseHead(200, 17));
        assertThat(ResponseHead.parse("HTTP/1.1 503 Busy\r\ncontent-length: 0")).isEqualTo(new ResponseHead(503, 0));
        assertThatThrownBy(() -> ResponseHead.parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"))
                .hasMessageContaining("without a length");
    }
}
