package io.tracery.cli.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracery.cli.check.PrometheusText.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextTest {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    @Test
    void readsTheTextFormat() throws MalformedException {
        String page = """
                # HELP http_requests_total How many.
                # TYPE http_requests_total counter
                http_requests_total{method="post",path="C:\\\\x \\"y\\" {z}, w"} 1027 1395066363000
                http_requests_total{method="get"} 3.5e-2

                # a comment
                # TYPE rpc histogram
                rpc_bucket{le="0.1"} 1
                rpc_bucket{le="+Inf"} 2
                rpc_sum 0.7
                rpc_count 2
                up NaN
                """;

        assertThat(PrometheusText.samples(TEXT, page)).isEqualTo(7);
    }

    @Test
    void readsOpenMetrics() throws MalformedException {
        String page = """
                # TYPE exchanges counter
                # UNIT exchanges exchanges
                # HELP exchanges How many.
                exchanges_total{route="a"} 4.0 # {trace_id="0af7651916cd43dd8448eb211c80319c"} 1.0 1520879607.789
                # TYPE seconds histogram
                seconds_bucket{le="1.0"} 3.0
                seconds_bucket{le="+Inf"} 3.0
                seconds_count 3.0
                seconds_sum 0.5
                # EOF
                """;

        assertThat(PrometheusText.samples(OPEN, page)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a 1",
                "1a 1\n",
                "a{b=c} 1\n",
                "a{b=\"c\\d\"} 1\n",
                "a{1b=\"c\"} 1\n",
                "a{b=\"c\",b=\"d\"} 1\n",
                "a one\n",
                "a 1\na 2\n",
                "a 1\nb 1\na{c=\"d\"} 1\n",
                "# TYPE a meter\na 1\n",
                "# TYPE a gauge\n# TYPE a gauge\n",
                "a 1\n# TYPE a gauge\n",
                "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\n",
                "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_count 2\n",
                "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_count 3\n",
                "a 1 # {t=\"1\"} 1\n"
            })
    void refusesWhatTheTextFormatForbids(String page) {
        assertThatThrownBy(() -> PrometheusText.samples(TEXT, page)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a 1\n",
                "# TYPE a counter\na 1\n# EOF\n",
                "a 1\n\n# EOF\n",
                "a 1\n# EOF\nb 1\n# EOF\n",
                "# hello\n# EOF\n"
            })
    void refusesWhatOpenMetricsForbids(String page) {
        assertThatThrownBy(() -> PrometheusText.samples(OPEN, page)).isInstanceOf(MalformedException.class);
    }
}
