package io.tracery.topology.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PagesAndSearchTest {

    private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

    @Test
    void servesThePagesAndTheirDeepLinks() {
        try (ApiKit kit = new ApiKit("/test-ui", NOWHERE, 1)) {
            for (String path :
                    new String[] {"/", "/index.html", "/traces/4bf92f3577b34da6?tab=why", "/nodes/shop/cart"}) {
                HttpResponse<String> page = kit.get(path);
                assertThat(page.statusCode()).as(path).isEqualTo(200);
                assertThat(page.body()).as(path).contains("<title>Pages of a test</title>");
                assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
                assertThat(page.headers().firstValue("cache-control"))
                        .hasValueSatisfying(control -> assertThat(control).contains("no-cache"));
                assertThat(page.headers().firstValue("content-security-policy")).isPresent();
            }
        }
    }

    @Test
    void servesAssetsForEverAndCompressed() {
        try (ApiKit kit = new ApiKit("/test-ui", NOWHERE, 1)) {
            HttpResponse<String> asset = kit.send(
                    HttpRequest.newBuilder(kit.uri("/assets/app-1a2b3c4d.js")).header("accept-encoding", "gzip"));
            assertThat(asset.statusCode()).isEqualTo(200);
            assertThat(asset.headers().firstValue("cache-control"))
                    .hasValueSatisfying(control -> assertThat(control).contains("immutable"));
            assertThat(asset.headers().firstValue("content-encoding")).hasValue("gzip");
            assertThat(kit.get("/assets/app-gone.js").statusCode()).isEqualTo(404);
            assertThat(kit.get("/favicon.ico").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void saysSoWhenThereAreNoPages() {
        try (ApiKit kit = new ApiKit("/no-such-ui", NOWHERE, 1)) {
            HttpResponse<String> page = kit.get("/");
            assertThat(page.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
            assertThat(page.body()).contains("-Dskip.ui").contains("/api/graph");
        }
    }

    @Test
    void forwardsTraceSearch() {
        Server search = Server.builder()
                .http(0)
                .serviceUnder(
                        "/",
                        (context, request) -> com.linecorp.armeria.common.HttpResponse.of(
                                context.path().equals("/api/missing") ? HttpStatus.NOT_FOUND : HttpStatus.OK,
                                MediaType.JSON_UTF_8,
                                "{\"asked\": \"" + context.path() + "?" + context.query() + "\"}"))
                .build();
        search.start().join();
        try (search;
                ApiKit kit = new ApiKit("/test-ui", URI.create("http://127.0.0.1:" + search.activeLocalPort()), 1)) {
            HttpResponse<String> answer = kit.get("/search/api/traces?service=cart&tags=%7B%22a%22%3A%22b%22%7D");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo("{\"asked\": \"/api/traces?service=cart&tags=%7B%22a%22%3A%22b%22%7D\"}");
            assertThat(kit.get("/search/api/missing").statusCode()).isEqualTo(404);
            assertThat(kit.send(HttpRequest.newBuilder(kit.uri("/search/api/traces"))
                                    .DELETE())
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void saysSoWhenTraceSearchIsAway() {
        try (ApiKit kit = new ApiKit("/test-ui", NOWHERE, 1)) {
            HttpResponse<String> answer = kit.get("/search/api/services");
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body())
                    .startsWith(
                            "{\"error\":{\"status\":502,\"message\":\"trace search at http://127.0.0.1:1 does not answer");
        }
    }
}
