package io.tracery.proxy.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.RouteMatch.Path;
import io.tracery.proxy.route.RouteMatch.Query;
import io.tracery.proxy.route.TextMatch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(30)
@ExtendWith(LeakCheck.class)
class RoutingTest {

    @Test
    void choosesByQueryCookieAndExpression() throws Exception {
        Route byQuery = to("query", new Path.Prefix("/"), List.of(), List.of(new Query("v", new TextMatch.Exact("2"))));
        Route byCookie = to(
                "cookie",
                new Path.Prefix("/"),
                List.of(new Header("cookie", expression("(.*; )?b=1(;.*)?"))),
                List.of());
        Route byPath = to("path", new Path.Expression(expression("/v[0-9]+/.*")), List.of(), List.of());
        Route rest = to("rest", new Path.Prefix("/"), List.of(), List.of());
        try (Http1Backend one = Http1Backend.saying("query");
                Http1Backend two = Http1Backend.saying("cookie");
                Http1Backend three = Http1Backend.saying("path");
                Http1Backend four = Http1Backend.saying("rest");
                TestProxy proxy = new TestProxy()
                        .serving(
                                Mesh.outbound(byQuery, byCookie, byPath, rest),
                                Mesh.cluster("query", one.address()),
                                Mesh.cluster("cookie", two.address()),
                                Mesh.cluster("path", three.address()),
                                Mesh.cluster("rest", four.address()));
                Http1Peer client = Http1Peer.connect(proxy.address())) {
            assertThat(client.get("/a?u=3&v=2&w").text()).isEqualTo("query");
            assertThat(client.get("/a?u=3&v=22").text()).isEqualTo("rest");
            assertThat(client.get("/a?v2&v=3&v=2").text()).isEqualTo("rest");
            assertThat(client.get("/v12/x?v=1").text()).isEqualTo("path");
            assertThat(client.get("/x/v12/x").text()).isEqualTo("rest");
            client.send("GET / HTTP/1.1\r\nHost: cart\r\nCookie: a=1; b=1\r\n\r\n");
            assertThat(client.receive().text()).isEqualTo("cookie");
            client.send("GET / HTTP/1.1\r\nHost: cart\r\nCookie: a=1; b=12\r\n\r\n");
            assertThat(client.receive().text()).isEqualTo("rest");
        }
    }

    private static Route to(String cluster, Path path, List<Header> headers, List<Query> query) {
        return new Route(
                "shop/cart/" + cluster,
                new RouteMatch(path, "", headers, query),
                ClusterSplit.to(cluster),
                Duration.ZERO,
                RetryPolicy.NONE);
    }

    private static TextMatch.Expression expression(String text) {
        return new TextMatch.Expression(text, Pattern.compile(text)::matches);
    }
}
