package io.tracery.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.tracery.proxy.route.Backoff;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.ClusterSplit.Share;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Fraction;
import io.tracery.proxy.route.HeaderEdits;
import io.tracery.proxy.route.Hedge;
import io.tracery.proxy.route.PathRewrite;
import io.tracery.proxy.route.Rate;
import io.tracery.proxy.route.RateLimit;
import io.tracery.proxy.route.RateLimiter;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.RetryPolicy.Condition;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.TextMatch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
    void aPerTryTimeoutThatHedgesIsWhenAnotherEndpointIsAsked() throws InvalidResource {
        RetryPolicy retry = translated("""
                {name: a, match: {prefix: /}, metadata: {filter_metadata: {io.tracery: {hedge_methods: any}}},
                 route: {cluster: c, hedge_policy: {hedge_on_per_try_timeout: true},
                         retry_policy: {retry_on: reset, num_retries: 2, per_try_timeout: 0.05s}}}
                """).retry();
        assertThat(retry)
                .isEqualTo(new RetryPolicy(
                        2,
                        Set.of(Condition.RESET),
                        Set.of(),
                        Duration.ZERO,
                        Backoff.DEFAULT,
                        new Hedge(Duration.ofMillis(50), Hedge.Methods.ANY)));
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
    void keepsFilters() throws InvalidResource {
        Filters filters = translated("""
                {name: shop/a/0, match: {path_separated_prefix: /api},
                 request_headers_to_add: [{header: {key: X-A, value: "100%%"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD},
                                          {header: {key: b, value: c}}],
                 response_headers_to_remove: [Server],
                 route: {cluster: c, timeout: 2s, host_rewrite_literal: other, prefix_rewrite: /v2,
                         request_mirror_policies: [{cluster: d, disable_shadow_host_suffix_append: true,
                             runtime_fraction: {default_value: {numerator: 5, denominator: TEN_THOUSAND}}}]}}
                """).filters();
        assertThat(filters.request())
                .isEqualTo(new HeaderEdits(
                        List.of(),
                        List.of(new HeaderEdits.Entry("x-a", "100%")),
                        List.of(new HeaderEdits.Entry("b", "c"))));
        assertThat(filters.response().remove()).containsExactly("server");
        assertThat(filters.host()).isEqualTo("other");
        assertThat(filters.path()).isEqualTo(new PathRewrite.Prefix(4, "/v2"));
        assertThat(filters.mirrors()).singleElement().satisfies(mirror -> {
            assertThat(mirror.share()).isEqualTo(new Fraction(5, 10_000));
            assertThat(mirror.route().name()).isEqualTo("shop/a/0/mirror");
            assertThat(mirror.route().timeout()).isEqualTo(Duration.ofSeconds(2));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/foo/bar, /bar",
        "/foo,     /",
        "/foo/,    /",
    })
    void rewritesByExpression(String path, String rewritten) throws InvalidResource {
        PathRewrite rewrite = translated("""
                {match: {path_separated_prefix: /foo},
                 route: {cluster: c, regex_rewrite: {pattern: {regex: "^/foo/?(.*)$"}, substitution: '/\\1'}}}
                """).filters().path();
        assertThat(Objects.requireNonNull(rewrite).apply(path)).isEqualTo(rewritten);
    }

    @ParameterizedTest
    @CsvSource({
        "'{https_redirect: true}',                      cart:8080, https://cart/a/b?q",
        "'{scheme_redirect: https, port_redirect: 443}', cart:8080, https://cart/a/b?q",
        "'{port_redirect: 90}',                         '[::1]:80', http://[::1]:90/a/b?q",
        "'{host_redirect: new}',                        cart:8080, http://new/a/b?q",
        "'{path_redirect: /x, strip_query: true}',      cart:8080, http://cart:8080/x",
        "'{prefix_rewrite: /n}',                        cart,      http://cart/n/b?q",
    })
    void redirectsTo(String redirect, String host, String location) throws InvalidResource {
        Filters filters = translated("{match: {path_separated_prefix: /a}, redirect: " + redirect + "}")
                .filters();
        assertThat(Objects.requireNonNull(filters.redirect()).location("http", host, "/a/b", "/a/b?q"))
                .isEqualTo(location);
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
            {match: {}, route: {cluster: c}}                                                             | a match needs one of path,
            {match: {prefix: /}}                                                                         | it must forward (route) or redirect
            {match: {prefix: /}, redirect: {scheme_redirect: ftp}}                                       | scheme is http or https
            {match: {prefix: /}, redirect: {path_redirect: "/a b"}}                                      | cannot stand in a path
            {match: {prefix: /}, route: {cluster: c}, request_headers_to_remove: [traceparent]}          | traceparent is one that the mesh relies on
            {match: {prefix: /}, route: {cluster: c}, response_headers_to_add: [{header: {key: x, value: "%START_TIME%"}}]} | has a command
            {match: {prefix: /}, route: {cluster: c, regex_rewrite: {pattern: {regex: "/(a)"}, substitution: '/\\2'}}} | names a group that is not there
            {match: {prefix: /}, route: {cluster: c, request_mirror_policies: [{cluster: d}]}}           | disable_shadow_host_suffix_append
            {match: {prefix: /}, route: {timeout: 1s}}                                                   | it needs a cluster or weighted_clusters
            {match: {prefix: /}, route: {cluster: c, hash_policy: [{}]}}                                 | a hash_policy needs one of header,
            {match: {prefix: /, headers: [{name: x}]}, route: {cluster: c}}                                      | must match string_match.exact or safe_regex
            {match: {prefix: /, headers: [{name: ":path", string_match: {exact: x}}]}, route: {cluster: c}} | ":path" cannot be matched so
            {match: {prefix: /}, route: {cluster: c, retry_policy: {retry_on: 5xx}}}                     | retry_on "5xx" is not supported
            {match: {prefix: /}, route: {cluster: c, retry_policy: {retry_on: reset, num_retries: 1000}}} | num_retries must be 0..25
            {match: {prefix: /}, route: {cluster: c, hedge_policy: {hedge_on_per_try_timeout: true}}}    | a hedge_policy needs a retry_policy
            {match: {prefix: /}, route: {cluster: c, hedge_policy: {hedge_on_per_try_timeout: true}, retry_policy: {retry_on: reset}}} | needs a per_try_timeout
            {match: {prefix: /}, route: {cluster: c, timeout: -1s}}                                      | below zero
            {match: {prefix: /}, route: {weighted_clusters: {clusters: [{name: a, weight: 4000000000}]}}} | weight 4000000000 is above 1000000
            """)
    void refusesWhatItDoesNotDo(String route, String problem) {
        assertThatThrownBy(() -> translated(route))
                .isInstanceOf(InvalidResource.class)
                .hasMessageStartingWith("route configuration r: ")
                .hasMessageContaining(problem);
    }

    private static final String ENFORCED = "rate_limited_as_resource_exhausted: true,"
            + " enable_x_ratelimit_headers: DRAFT_VERSION_03,"
            + " filter_enabled: {default_value: {numerator: 100}},"
            + " filter_enforced: {default_value: {numerator: 1000000, denominator: MILLION}}";
    private static final String BUCKET = "token_bucket: {max_tokens: 20, tokens_per_fill: 600, fill_interval: 60s}";

    private static Route limited(String limit) throws InvalidResource {
        return translated("{match: {prefix: /}, route: {cluster: c}, typed_per_filter_config:"
                + " {envoy.filters.http.local_ratelimit: {'@type':"
                + " type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit,"
                + " stat_prefix: local, " + limit + "}}}");
    }

    @Test
    void limitsAsTheTokenBucketSays() throws InvalidResource {
        assertThat(limited(BUCKET + ", " + ENFORCED).policies().rateLimit())
                .isEqualTo(new RateLimiter(new RateLimit(new Rate(600, Duration.ofMinutes(1), 20), null)));
    }

    @Test
    void refusesLimitsThatWouldNotLimit() {
        assertThatThrownBy(() -> limited(BUCKET)).hasMessageContaining("are 100 percent");
        assertThatThrownBy(() -> limited(ENFORCED)).hasMessageContaining("needs a token_bucket");
        assertThatThrownBy(() -> limited("token_bucket: {fill_interval: 1s}, " + ENFORCED))
                .hasMessageContaining("token_bucket: ");
        assertThatThrownBy(() -> limited(BUCKET + ", status: {code: 503}, " + ENFORCED))
                .hasMessageContaining("status is 429");
        assertThatThrownBy(() -> limited(BUCKET + ", descriptors: [{entries: [{key: user}], " + BUCKET + "}],"
                        + " rate_limits: [{actions: [{remote_address: {}}]}], " + ENFORCED))
                .hasMessageContaining("fills \"remote_address\", which no descriptor has");
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
