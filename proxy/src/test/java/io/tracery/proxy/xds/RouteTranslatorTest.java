package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.TextMatch;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTranslatorTest {

    private static RouteConfiguration withRoute(String route) {
        return Samples.routes("""
                name: r
                virtual_hosts: [{name: all, domains: ["*"], routes: [%s]}]
                """.formatted(route));
    }

    private static Route translated(String route) throws InvalidResource {
        return RouteTranslator.translate(withRoute(route)).routes().getFirst();
    }

    @Test
    void keepsEveryPartOfARoute() throws InvalidResource {
        Route route = translated("""
                {name: shop/split/0,
                 match: {path_separated_prefix: /pay,
                         headers: [{name: ":method", string_match: {exact: POST}},
                                   {name: X-Canary, string_match: {exact: "yes"}}]},
                 route: {weighted_clusters: {clusters: [{name: v1, weight: 90}, {name: v2, weight: 10}]},
                         timeout: 2.5s,
                         retry_policy: {retry_on: "connect-failure,retriable-status-codes", num_retries: 3,
                                        per_try_timeout: 0.5s, retriable_status_codes: [502, 503]}}}
                """);
        assertThat(route)
                .isEqualTo(new Route(
                        "shop/split/0",
                        new RouteMatch(
                                new RouteMatch.Path.Prefix("/pay"), "POST", List.of(new Header("x-canary", "yes"))),
                        new ClusterSplit(List.of(new Share("v1", 90), new Share("v2", 10))),
                        Duration.ofMillis(2_500),
                        new RetryPolicy(
                                3,
                                Set.of(Condition.CONNECT_FAILURE, Condition.STATUS, Condition.PER_TRY_TIMEOUT),
                                Set.of(502, 503),
                                Duration.ofMillis(500))));
    }

    @Test
    void keepsExpressionsAndQueryParameters() throws InvalidResource {
        RouteMatch match = translated("""
                {name: a, route: {cluster: c},
                 match: {safe_regex: {regex: "/v[0-9]+/.*"},
                         headers: [{name: cookie, string_match: {safe_regex: {regex: ".*b=1.*"}}}],
                         query_parameters: [{name: Q, string_match: {exact: x}}]}}
                """).match();
        assertThat(match.path()).isInstanceOfSatisfying(RouteMatch.Path.Expression.class, path -> {
            assertThat(path.value().takes("/v12/a")).isTrue();
            assertThat(path.value().takes("/x/v12/a")).isFalse();
        });
        assertThat(match.headers().getFirst().value().takes("a=2; b=1; c=3")).isTrue();
        assertThat(match.query()).containsExactly(new RouteMatch.Query("Q", new TextMatch.Exact("x")));
    }

    @Test
    void takesEnvoysTimeoutWhereNoneIsSaidAndNoneWhereItIsZero() throws InvalidResource {
        assertThat(translated("{name: a, match: {prefix: /}, route: {cluster: c}}")
                        .timeout())
                .isEqualTo(Duration.ofSeconds(15));
        assertThat(translated("{name: a, match: {prefix: /}, route: {cluster: c, timeout: 0s}}")
                        .timeout())
                .isZero();
    }

    @Test
    void namesARouteWithoutANameByItsPlace() throws InvalidResource {
        assertThat(translated("{match: {path: /x}, route: {cluster: c}}").name())
                .isEqualTo("all/0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {match: {prefix: /a}, route: {cluster: c}}                                                   | ends with "/"
            {match: {safe_regex: {regex: "a("}}, route: {cluster: c}}                                    | regular expression a( is wrong
            {match: {safe_regex: {regex: "((a{100}){10})"}}, route: {cluster: c}}                        | too costly
            {match: {connect_matcher: {}}, route: {cluster: c}}                                          | CONNECT_MATCHER is not supported
            {match: {prefix: /}, redirect: {path_redirect: /}}                                           | REDIRECT is not supported
            {match: {prefix: /}, route: {cluster_header: x}}                                             | CLUSTER_HEADER is not supported
            {match: {prefix: /, headers: [{name: x, present_match: true}]}, route: {cluster: c}}         | must match string_match.exact or safe_regex
            {match: {prefix: /, headers: [{name: ":path", string_match: {exact: x}}]}, route: {cluster: c}} | ":path" cannot be matched so
            {match: {prefix: /}, route: {cluster: c, retry_policy: {retry_on: 5xx}}}                     | retry_on "5xx" is not supported
            {match: {prefix: /}, route: {cluster: c, retry_policy: {retry_on: reset, num_retries: 1000}}} | num_retries must be 0..25
            {match: {prefix: /}, route: {cluster: c, timeout: -1s}}                                      | below zero
            {match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a, weight: 4000000000}]}}} | weight 4000000000 is above 1000000
            """)
    void refusesWhatItDoesNotDo(String route, String problem) {
        assertThatThrownBy(() -> translated(route))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith("route configuration r: ")
                .hasMessageContaining(problem);
    }

    @Test
    void refusesMoreThanTheOneVirtualHost() {
        RouteConfiguration two = Samples.routes("""
                name: r
                virtual_hosts: [{name: a, domains: ["a"]}, {name: b, domains: ["*"]}]
                """);
        assertThatThrownBy(() -> RouteTranslator.translate(two)).hasMessageContaining("one virtual host");
    }
}
