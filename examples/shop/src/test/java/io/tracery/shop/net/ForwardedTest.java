package io.tracery.shop.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import org.junit.jupiter.api.Test;

class ForwardedTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final RequestHeaders ARRIVING = RequestHeaders.builder(HttpMethod.GET, "/")
            .set("x-request-id", "r-1")
            .set("traceparent", PARENT)
            .add("tracestate", "a=1")
            .add("tracestate", "b=2")
            .set("baggage", "tier=gold")
            .set("cookie", "shopper=ada")
            .build();

    @Test
    void handsOnTraceHeadersAndRequestIdAndNothingElse() {
        Forwarded forwarded = Forwarded.from(ARRIVING);

        assertThat(forwarded.headers().getAll("tracestate")).containsExactly("a=1", "b=2");
        assertThat(forwarded.headers().get("traceparent")).isEqualTo(PARENT);
        assertThat(forwarded.headers().get("baggage")).isEqualTo("tier=gold");
        assertThat(forwarded.headers().contains("cookie")).isFalse();
    }

    @Test
    void keepsTheRequestIdWhereTraceHeadersAreDropped() {
        Forwarded bare = Forwarded.from(ARRIVING).withoutTrace();

        assertThat(bare.headers().names()).extracting(Object::toString).containsExactly("x-request-id");
        assertThat(bare.requestId()).isEqualTo("r-1");
    }

    @Test
    void replacesARequestIdThatCannotStandInAPath() {
        RequestHeaders odd = RequestHeaders.builder(HttpMethod.GET, "/")
                .set("x-request-id", "../../admin")
                .build();

        assertThat(Forwarded.from(odd).requestId()).matches("[0-9a-f-]{36}");
    }
}
