package io.tracery.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.RouteMatch.Path;
import io.tracery.proxy.route.RouteMatch.Query;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {

    @ParameterizedTest
    @CsvSource({
        "/,      /,      true",
        "/,      /any/x, true",
        "/a,     /a,     true",
        "/a,     /a/b,   true",
        "/a,     /ab,    false",
        "/a,     /A,     false",
        "/a/,    /a,     true",
        "/a/,    /a/,    true",
        "/a/,    /a/b,   true",
        "/a/,    /ab,    false",
        "/a/b,   /a,     false",
    })
    void aPrefixTakesWholeElements(String prefix, String path, boolean taken) {
        assertThat(matches(new RouteMatch(new Path.Prefix(prefix), "", List.of()), "GET", path, Map.of()))
                .isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({"/a, /a, true", "/a, /a/, false", "/a, /a/b, false"})
    void anExactPathTakesItselfOnly(String exact, String path, boolean taken) {
        assertThat(matches(new RouteMatch(new Path.Exact(exact), "", List.of()), "GET", path, Map.of()))
                .isEqualTo(taken);
    }

    @Test
    void methodAndHeadersMustAllHold() {
        RouteMatch match = new RouteMatch(
                new Path.Prefix("/"), "POST", List.of(new Header("x-one", "1"), new Header("x-two", "2")));
        assertThat(matches(match, "POST", "/", Map.of("x-one", "1", "x-two", "2")))
                .isTrue();
        assertThat(matches(match, "GET", "/", Map.of("x-one", "1", "x-two", "2")))
                .isFalse();
        assertThat(matches(match, "POST", "/", Map.of("x-one", "1"))).isFalse();
        assertThat(matches(match, "POST", "/", Map.of("x-one", "1", "x-two", "3")))
                .isFalse();
    }

    @Test
    void theFirstThatMatchesWins() {
        Route special = route("special", new Path.Prefix("/a"));
        Route rest = route("rest", new Path.Prefix("/"));
        RouteTable table = new RouteTable("table", List.of(special, rest));
        assertThat(table.find(new Request("GET", "/a/b", Map.of()))).isEqualTo(special);
        assertThat(table.find(new Request("GET", "/b", Map.of()))).isEqualTo(rest);
        assertThat(new RouteTable("none", List.of()).find(new Request("GET", "/", Map.of())))
                .isNull();
    }

    @Test
    void queryParametersAndExpressionsMustHoldToo() {
        RouteMatch match = new RouteMatch(
                new Path.Prefix("/"),
                "",
                List.of(new Header("cookie", expression("(.*;\\s*)?group=b(;.*)?"))),
                List.of(new Query("page", expression("[0-9]+")), new Query("lang", new TextMatch.Exact("en"))));
        RouteTable table = new RouteTable("table", List.of(route("only", match)));
        Map<String, String> cookie = Map.of("cookie", "a=1; group=b");
        assertThat(table.find(new Request("GET", "/", cookie, Map.of("page", "12", "lang", "en"))))
                .isNotNull();
        assertThat(table.find(new Request("GET", "/", cookie, Map.of("page", "12x", "lang", "en"))))
                .isNull();
        assertThat(table.find(new Request("GET", "/", cookie, Map.of("page", "12"))))
                .isNull();
        assertThat(table.find(new Request("GET", "/", Map.of("cookie", "group=bb"), Map.of("page", "1", "lang", "en"))))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v[0-9]+,  /api/v12,   true",
        "/api/v[0-9]+,  /api/v12/x, false",
        "/api/v[0-9]+,  /web/v12,   false",
        "/api/?x,       /apix,      true",
        "/api/?x,       /api/x,     true",
        "'/(a|b)/c',    /b/c,       true",
        "'/a/b|/c/d',   /c/d,       true",
        "'.*[.]png',    /x/y.png,   true",
        "/api/*,        /api,       true",
    })
    void anExpressionTakesWholePaths(String text, String path, boolean taken) {
        RouteTable table = new RouteTable("table", List.of(route("only", new Path.Expression(expression(text)))));
        assertThat(table.find(new Request("GET", path, Map.of())) != null).isEqualTo(taken);
    }

    /** The index must never find another route than reading them one by one would. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsWhatALookAtEveryRouteInTurnFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String text = path(random);
            Path path = switch (random.nextInt(4)) {
                case 0 -> new Path.Exact(text);
                case 1 -> new Path.Expression(expression(text + (random.nextBoolean() ? ".*" : "/?")));
                default -> new Path.Prefix(text);
            };
            routes.add(route("r" + i, new RouteMatch(path, random.nextInt(3) == 0 ? "POST" : "", List.of())));
        }
        RouteTable table = new RouteTable("table", routes);
        for (int i = 0; i < 5_000; i++) {
            Request request = new Request(random.nextBoolean() ? "GET" : "POST", path(random), Map.of());
            assertThat(table.find(request))
                    .as("seed %d, %s %s", seed, request.method(), request.path())
                    .isEqualTo(oneByOne(routes, request));
        }
    }

    private static @Nullable Route oneByOne(List<Route> routes, Request request) {
        return routes.stream()
                .filter(route -> new RouteTable("one", List.of(route)).find(request) != null)
                .filter(route -> naively(route.match().path(), request.path()))
                .findFirst()
                .orElse(null);
    }

    private static boolean naively(Path predicate, String path) {
        return switch (predicate) {
            case Path.Exact exact -> path.equals(exact.value());
            case Path.Prefix prefix -> (path + "/").startsWith(prefix.value().replaceAll("/$", "") + "/");
            case Path.Expression expression -> path.matches(expression.value().text());
        };
    }

    private static String path(SplittableRandom random) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            path.append('/').append("abAa".charAt(random.nextInt(4)));
        }
        return path.isEmpty() || random.nextInt(5) == 0 ? path.append('/').toString() : path.toString();
    }

    private static TextMatch.Expression expression(String text) {
        return new TextMatch.Expression(text, Pattern.compile(text)::matches);
    }

    private static Route route(String name, RouteMatch match) {
        return new Route(name, match, ClusterSplit.to(name), Duration.ZERO, RetryPolicy.NONE);
    }

    private static boolean matches(RouteMatch match, String method, String path, Map<String, String> headers) {
        RouteTable table = new RouteTable(
                "table", List.of(new Route("route", match, ClusterSplit.to("c"), Duration.ZERO, RetryPolicy.NONE)));
        return table.find(new Request(method, path, headers)) != null;
    }

    private static Route route(String name, Path path) {
        return route(name, new RouteMatch(path, "", List.of()));
    }
}
