package io.tracery.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tracery.proxy.balance.ConcurrencyLimit;
import io.tracery.proxy.loop.Ticker;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every header that means something to the proxy, filled with whatever anybody may send: what comes of it is within its bounds,
 * and the same that a slower and plainer reader makes of it. Seeded.
 */
class HeaderParsersFuzzTest {

    private static final long SEED = Long.getLong("seed", 20_261_128);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);

    /** Calls it with random texts put together of these. */
    private static void fuzz(List<String> pieces, Consumer<String> with) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(9); i > 0; i--) {
                text.append(
                        random.nextInt(12) == 0
                                ? String.valueOf((char) random.nextInt(0x180))
                                : pieces.get(random.nextInt(pieces.size())));
            }
            with.accept(text.toString());
        }
    }

    private static HttpHeaders headers(String name, String value) {
        return DefaultHttpHeadersFactory.headersFactory()
                .withValidation(false)
                .newHeaders()
                .set(name, value);
    }

    @Test
    void grpcTimeoutIsEightDigitsAndAUnitOrNothing() {
        Pattern form = Pattern.compile("([0-9]{1,8})([numSMH])");
        fuzz(List.of("1", "99999999", "0", "n", "u", "m", "S", "M", "H", "-", " ", "."), text -> {
            long nanos = GrpcTimeout.nanos(text);
            if (form.matcher(text).matches()) {
                assertThat(nanos).as(text).isNotNegative();
                long again = GrpcTimeout.nanos(GrpcTimeout.text(Math.min(nanos, TimeUnit.DAYS.toNanos(3_000))));
                assertThat(again).as(text).isLessThanOrEqualTo(nanos);
            } else {
                assertThat(nanos).as(text).isEqualTo(GrpcTimeout.NONE);
            }
        });
    }

    @Test
    void retryAfterIsNeverLongerThanADay() {
        Pattern seconds = Pattern.compile("[0-9]{1,9}");
        fuzz(
                List.of(
                        "1",
                        "120",
                        "999999999",
                        " ",
                        "Sat, 28 Nov 2026 17:00:00 GMT",
                        "Sat,",
                        "28",
                        "Nov",
                        "GMT",
                        "-",
                        ":"),
                text -> {
                    HttpResponse answer = new DefaultHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.SERVICE_UNAVAILABLE, headers("retry-after", text));
                    long nanos = RetryAfter.nanos(answer, Ticker.SYSTEM);
                    assertThat(nanos).as(text).isBetween(0L, TimeUnit.DAYS.toNanos(1));
                    if (seconds.matcher(text.strip()).matches()) {
                        long asked = Math.min(Long.parseLong(text.strip()), TimeUnit.DAYS.toSeconds(1));
                        assertThat(nanos).as(text).isEqualTo(TimeUnit.SECONDS.toNanos(asked));
                    }
                });
    }

    @Test
    void urgencyIsTheLastMemberThatSaysSo() {
        Pattern member = Pattern.compile("[ \t]*u=([0-7])([;, \t].*)?", Pattern.DOTALL);
        fuzz(List.of("u=", "0", "3", "7", "8", ",", ", ", "i", ";", " ", "\t", "u", "="), text -> {
            int expected = ConcurrencyLimit.USUAL_URGENCY;
            if (text.matches("[0-7]")) {
                expected = text.charAt(0) - '0';
            } else {
                for (String one : text.split(",", -1)) {
                    Matcher found = member.matcher(one);
                    expected = found.matches() ? found.group(1).charAt(0) - '0' : expected;
                }
            }
            assertThat(Urgency.of(text)).as(text).isEqualTo(expected);
        });
    }

    @Test
    void aCookieIsFoundByItsWholeNameAlone() {
        fuzz(List.of("id", "=", "id=", "; ", ";", " ", "a", "\"", "sid=1"), text -> {
            @Nullable String expected = null;
            for (String pair : text.split(";", -1)) {
                String stripped = pair.replaceFirst("^ +", "");
                if (stripped.startsWith("id=")) {
                    expected = stripped.substring(3).strip();
                    break;
                }
            }
            assertThat(Affinity.value(text, "id")).as(text).isEqualTo(expected);
        });
    }

    @Test
    void aQueryParameterIsFoundAsItWasSent() {
        fuzz(List.of("a", "b", "=", "&", "a=", "?", "/", "1"), text -> {
            String target = "/p?" + text;
            @Nullable String expected = null;
            for (String pair : text.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (pair.equals("a") || pair.startsWith("a=")) {
                    expected = equals < 0 ? "" : pair.substring(2);
                    break;
                }
            }
            assertThat(new RequestHead("GET", "/p", target, new DefaultHttpHeaders()).query("a"))
                    .as(target)
                    .isEqualTo(expected);
        });
    }

    @Test
    void noOfferOfHttp2IsPassedOn() {
        fuzz(List.of("h2c", "H2", "h2c-14", "HTTP/2.0", "websocket", ",", ", ", " ", "foo/1"), text -> {
            HttpHeaders headers = headers("upgrade", text).set("connection", "Upgrade");
            String asked = Switching.asked(HttpVersion.HTTP_1_1, headers);
            if (asked != null) {
                assertThat(asked).isNotBlank();
                for (String one : asked.split(",", -1)) {
                    assertThat(one.strip().toLowerCase(Locale.ROOT))
                            .as(text)
                            .isNotEmpty()
                            .doesNotStartWith("h2")
                            .doesNotStartWith("http/");
                }
            }
        });
    }

    @Test
    void whereAConnectLeadsNobodyUnderstandsOtherwise() {
        fuzz(List.of("a.b", "127.0.0.1", "[::1]", ":", "443", "0", "65536", "/", "@", "?", "#", "[", "]"), text -> {
            HttpRequest connect = new DefaultHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.CONNECT, text, new DefaultHttpHeaders(), false);
            boolean plain = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
            if (Switching.problem(connect) == null && plain) {
                try {
                    // The registry of names is wider than URI's own reading of hosts; the port is the same to both.
                    URI uri = new URI("x://" + text);
                    assertThat(uri.getRawAuthority()).as(text).isEqualTo(text);
                    assertThat(uri.getRawPath()).as(text).isEmpty();
                    if (uri.getHost() != null) {
                        assertThat(uri.getUserInfo()).as(text).isNull();
                        assertThat(uri.getPort()).as(text).isBetween(1, 65_535);
                    }
                } catch (URISyntaxException e) {
                    assertThat(text)
                            .as("what no URI can hold")
                            .containsAnyOf("\"", "<", ">", "\\", "^", "`", "{", "|", "}", "%", "[", "]");
                }
                assertThat(text.substring(0, text.lastIndexOf(':'))).as(text).matches("\\[[^\\[\\]]+]|[^\\[\\]:]+");
            }
        });
    }

    @Test
    void http2SettingsAreReadOrTheOfferIsLeftOut() {
        fuzz(List.of("AAMAAABk", "AAQAAP__", "AAIAAAAA", "A", "=", "+", "-", "_", "AAgAAAAB"), text -> {
            HttpHeaders headers = headers("http2-settings", text)
                    .set("host", "cart")
                    .set("connection", "Upgrade, HTTP2-Settings")
                    .set("upgrade", "h2c");
            HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", headers, false);
            if (Http2Upgrade.offered(request) != null) {
                assertThat(text).matches("[A-Za-z0-9_-]*");
                assertThat(request.headers().names()).doesNotContain("upgrade", "http2-settings");
            }
        });
    }

    @Test
    void whatConnectionListsGoesAndWhatTheMeshReliesOnStays() {
        fuzz(List.of("x-a", "X-B", "host", "traceparent", "content-length", ",", ", ", "close", "te", "b3"), text -> {
            HttpHeaders headers = headers("connection", text)
                    .set("host", "cart")
                    .set("traceparent", "t")
                    .set("content-length", "1")
                    .set("x-a", "1")
                    .set("x-b", "1");
            HopByHop.remove(headers);
            assertThat(headers.names())
                    .contains("host", "traceparent", "content-length")
                    .doesNotContain("connection");
            for (String name : List.of("x-a", "x-b")) {
                boolean listed = List.of(text.split(",")).stream()
                        .anyMatch(one -> one.strip().equalsIgnoreCase(name));
                assertThat(headers.contains(name)).as(text).isEqualTo(!listed);
            }
        });
    }

    /** Several headers are one, as if a comma stood between them. */
    @Test
    void baggageAsksForATraceToBeKeptByOneWholeEntry() {
        // What strip() takes away.
        String space = "[\\s\\x1c-\\x1f]*";
        Pattern entry = Pattern.compile(String.join(space, "", "tracery", "=", "keep", "(;.*)?"), Pattern.DOTALL);
        fuzz(List.of("tracery", "=", "keep", "tracery=keep", ",", ";", " ", "\t", "user=7", "|"), text -> {
            HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory()
                    .withValidation(false)
                    .newHeaders()
                    .set("baggage", List.of(text.split("\\|", -1)));
            boolean expected = Pattern.compile("[,|]")
                    .splitAsStream(text)
                    .anyMatch(one -> entry.matcher(one).matches());
            assertThat(TraceHeaders.marked(headers)).as(text).isEqualTo(expected);
        });
    }

    @Test
    void grpcStatusIsOneOfSeventeenOrNone() {
        fuzz(List.of("0", "1", "6", "7", "16", "17", "-", "+", " ", ""), text -> {
            int expected = text.matches("[0-9]{1,2}") && Integer.parseInt(text) <= 16
                    ? Integer.parseInt(text)
                    : GrpcStatus.ABSENT;
            assertThat(GrpcStatus.of(headers("grpc-status", text))).as(text).isEqualTo(expected);
        });
    }
}
