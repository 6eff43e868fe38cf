package io.tracery.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.RouteMatch.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteMatcherTest {

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
        assertThat(RouteMatcher.find(table, "GET", "/a/b", name -> null)).isEqualTo(special);
        assertThat(RouteMatcher.find(table, "GET", "/b", name -> null)).isEqualTo(rest);
        assertThat(RouteMatcher.find(new RouteTable("none", List.of()), "GET", "/", name -> null))
                .isNull();
    }

    private static boolean matches(RouteMatch match, String method, String path, Map<String, String> headers) {
        RouteTable table = new RouteTable(
                "table", List.of(new Route("route", match, ClusterSplit.to("c"), Duration.ZERO, RetryPolicy.NONE)));
        return RouteMatcher.find(table, method, path, headers::get) != null;
    }

    private static Route route(String name, Path path) {
        return new Route(
                name, new RouteMatch(path, "", List.of()), ClusterSplit.to(name), Duration.ZERO, RetryPolicy.NONE);
    }
}
