package io.tracery.controlplane.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Route;
import io.tracery.controlplane.model.Route.Backend;
import io.tracery.controlplane.model.Route.Match;
import io.tracery.controlplane.model.Route.Path;
import io.tracery.controlplane.model.Route.PathType;
import io.tracery.controlplane.model.Route.Retry;
import io.tracery.controlplane.model.Route.Rule;
import io.tracery.controlplane.model.Route.Value;
import io.tracery.controlplane.model.Route.ValueType;
import io.tracery.controlplane.model.TlsRoute;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ModelReaderTest {

    private static final String CART = """
            apiVersion: v1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec:
              ports:
                - {name: http, port: 8080, appProtocol: http}
                - {name: raw, port: 9000, appProtocol: tcp}
            """;

    private static final String ROUTE = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: cart, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: cart, port: 8080}]
              rules:
                - backendRefs: [{name: cart, port: 8080}]
            """;

    private static final String SIDECAR = """
            apiVersion: policy.tracery.io/v1alpha1
            kind: Sidecar
            metadata: {name: front-1, namespace: shop}
            spec:
              workload: front
              serviceAccount: front
              inbound:
                - {port: 21000, protocol: http, forwardTo: "127.0.0.1:20000"}
              outbound:
                - {service: cart, port: 8080, bind: "127.0.0.1:22000"}
            """;

    private static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart}}
            addressType: IPv4
            endpoints:
              - {addresses: [127.0.0.1], targetRef: {kind: Sidecar, name: front-1}}
            ports:
              - {name: http, port: 21000}
            """;

    private static ModelReader.Reading read(String... documents) {
        return ModelReader.read(Map.of("mesh.yaml", String.join("---\n", documents)));
    }

    private static List<String> problems(String... documents) {
        return read(documents).problems().stream().map(Problem::toString).toList();
    }

    @Test
    void readsAMeshThatIsWhole() {
        MeshModel model = read(CART, ROUTE, SIDECAR, SLICE).model();
        assertThat(problems(CART, ROUTE, SIDECAR, SLICE)).isEmpty();
        assertThat(model.services()).containsOnlyKeys(new Name("shop", "cart"));
        assertThat(model.sidecars().get(new Name("shop", "front-1")))
                .extracting(sidecar -> sidecar.identity("mesh.test"))
                .isEqualTo("spiffe://mesh.test/ns/shop/sa/front");
        assertThat(model.endpoints(new Name("shop", "cart"), "http"))
                .extracting(endpoint -> endpoint.address() + ":" + endpoint.port() + " " + endpoint.sidecar())
                .containsExactly("127.0.0.1:21000 front-1");
    }

    @Test
    void readsEveryPartOfARule() {
        String route = ROUTE.substring(0, ROUTE.indexOf("    - backendRefs")) + """
                    - name: first
                      matches: [{path: {type: Exact, value: /a}, method: GET, headers: [{name: X-A, value: b}],
                                 queryParams: [{type: RegularExpression, name: Q, value: "[a-z]+"}]}]
                      backendRefs: [{name: cart, port: 8080, weight: 0}]
                      timeouts: {request: 1m30s, backendRequest: 500ms}
                      retry: {attempts: 3, codes: [502, 503], backoff: 100ms}
                """;
        assertThat(problems(CART, route)).isEmpty();
        assertThat(read(CART, route).model().routes().getFirst().rules())
                .containsExactly(new Rule(
                        List.of(new Match(
                                new Path(PathType.EXACT, "/a"),
                                "GET",
                                List.of(new Value("x-a", ValueType.EXACT, "b")),
                                List.of(new Value("Q", ValueType.EXPRESSION, "[a-z]+")))),
                        List.of(new Backend(new Name("shop", "cart"), 8080, 0, Filters.NONE)),
                        Duration.ofSeconds(90),
                        Duration.ofMillis(500),
                        new Retry(3, Set.of(502, 503), Set.of(), Duration.ofMillis(100), Duration.ZERO),
                        Filters.NONE));
    }

    private static final String VAULT = """
            apiVersion: v1
            kind: Service
            metadata: {name: vault, namespace: shop}
            spec: {ports: [{name: api, port: 8200, appProtocol: tls}, {name: web, port: 80, appProtocol: http}]}
            """;

    private static final String TLS_ROUTE = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: TLSRoute
            metadata: {name: vault, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: vault, port: 8200}]
              hostnames: [Vault.example.com, "*.vault.example.com"]
              rules: [{backendRefs: [{name: vault, port: 8200, weight: 3}]}]
            """;

    @Test
    void aTlsRouteIsReadWithItsNamesInLowerCase() {
        assertThat(problems(VAULT, TLS_ROUTE)).isEmpty();
        assertThat(read(VAULT, TLS_ROUTE).model().tlsRoutes())
                .containsExactly(new TlsRoute(
                        new Name("shop", "vault"),
                        List.of(new Route.Parent(new Name("shop", "vault"), 8200)),
                        List.of("vault.example.com", "*.vault.example.com"),
                        List.of(new Backend(new Name("shop", "vault"), 8200, 3, Filters.NONE))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Vault.example.com | 10.0.0.1 | hostnames: are names such as db.example.com",
                "Vault.example.com | 'vault.example.com:8200' | hostnames: are names such as db.example.com",
                "Vault.example.com | 'a.*.example.com' | hostnames: are names such as db.example.com",
                "port: 8200} | port: 80} | has a port 80: a TLSRoute needs appProtocol tls on it",
                "port: 8200, weight | port: 80, weight | has a port 80: TLS that is passed through needs appProtocol tls or tcp",
                "weight: 3 | weight: 0 | all weights are 0",
                "port: 8200, weight | port: 81, weight | Service shop/vault has no port 81",
                "rules: [{ | rules: [{backendRefs: [{name: vault, port: 8200}]}, { | is one rule",
                "name: vault, port: 8200} | name: vault, port: 8200, filters: [{type: RequestMirror}]} | filters",
            })
    void aTlsRouteThatCannotWorkIsRefused(String what, String with, String problem) {
        assertThat(problems(VAULT, TLS_ROUTE.replace(what, with))).anyMatch(line -> line.contains(problem));
    }

    @Test
    void twoTlsRoutesDoNotShareAName() {
        String other = TLS_ROUTE
                .replace("{name: vault, namespace", "{name: other, namespace")
                .replace("Vault.", "web.");
        assertThat(problems(VAULT, TLS_ROUTE, other))
                .anyMatch(line -> line.contains("[*.vault.example.com] is taken by TLSRoute shop/other"));
    }

    @Test
    void aGrpcMethodIsAPath() {
        String route = ROUTE.replace("HTTPRoute", "GRPCRoute") + """
                      matches:
                        - {method: {service: shop.Cart, method: Add}}
                        - {method: {service: shop.Cart}, headers: [{name: X-Beta, value: "1"}]}
                        - {method: {method: Add}}
                        - {method: {type: RegularExpression, service: "shop[.].*", method: Get.*}}
                        - {}
                """;
        assertThat(problems(CART, route)).isEmpty();
        assertThat(read(CART, route)
                        .model()
                        .routes()
                        .getFirst()
                        .rules()
                        .getFirst()
                        .matches())
                .extracting(Match::path)
                .containsExactly(
                        new Path(PathType.EXACT, "/shop.Cart/Add"),
                        new Path(PathType.PREFIX, "/shop.Cart"),
                        new Path(PathType.EXPRESSION, "/[^/]+/Add"),
                        new Path(PathType.EXPRESSION, "/(shop[.].*)/(Get.*)"),
                        Path.ANY);
    }

    @Test
    void reportsEveryProblemOfEveryFileAtOnce() {
        List<Problem> problems = ModelReader.read(Map.of(
                        "a.yaml", CART.replace("8080", "808000"),
                        "b.yaml", "kind: [",
                        "c.yaml", SIDECAR.replace("workload: front\n", "wrkload: front\n")))
                .problems();
        assertThat(problems)
                .extracting(Problem::toString)
                .satisfiesExactly(
                        a -> assertThat(a)
                                .isEqualTo("a.yaml:6: spec.ports[0].port: must be a number 1..65535, not \"808000\""),
                        b -> assertThat(b).startsWith("b.yaml:").contains("is not YAML"),
                        missing -> assertThat(missing).isEqualTo("c.yaml:5: spec.workload: is missing"),
                        unknown -> assertThat(unknown)
                                .isEqualTo("c.yaml:5: spec.wrkload: is not a field that this version honours;"
                                        + " did you mean workload?"));
    }

    private static String withFilter(String filter) {
        return ROUTE.replace("backendRefs:", "filters: [" + filter + "]\n      backendRefs:");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        SIDECAR.replace("forwardTo:", "concurrency: {least: 5, most: 4}, forwardTo:"),
                        "spec.inbound[0].concurrency.least: must not be above most"),
                Arguments.of(
                        SIDECAR.replace("protocol: http", "protocol: tcp, concurrency: {critcalPaths: []}"),
                        "spec.inbound[0].concurrency: counts requests, which opaque bytes have none of"),
                Arguments.of(
                        SIDECAR.replace("forwardTo:", "concurrency: {priorityHeader: a b}, forwardTo:"),
                        "spec.inbound[0].concurrency.priorityHeader: is the name of a header"),
                Arguments.of(
                        SIDECAR.replace("forwardTo:", "concurrency: {criticalPaths: [healthz]}, forwardTo:"),
                        "spec.inbound[0].concurrency.criticalPaths: are whole paths without a query"),
                Arguments.of(
                        ROUTE.replace("backendRefs:", "filters: [{type: URLRewrite}]\n      backendRefs:"),
                        "mesh.yaml:15: spec.rules[0].filters[0].urlRewrite: is missing"),
                Arguments.of(
                        withFilter("{type: CORS}"),
                        "spec.rules[0].filters[0].type: CORS is not supported here; supported: ExtensionRef, Request"),
                Arguments.of(
                        withFilter("{type: RequestHeaderModifier, requestHeaderModifier: {remove: [Traceparent]}}"),
                        "filters[0].requestHeaderModifier.remove: Traceparent is one that the mesh relies on"),
                Arguments.of(
                        withFilter(
                                "{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: host, value: a}]}}"),
                        "URLRewrite has a hostname for that"),
                Arguments.of(
                        withFilter("{type: RequestRedirect, requestRedirect: {statusCode: 304}}"),
                        "statusCode: is 301, 302, 303, 307 or 308, not 304"),
                Arguments.of(
                        withFilter("{type: RequestMirror, requestMirror: {backendRef: {name: card, port: 8080}}}"),
                        "there is no Service shop/card; did you mean shop/cart?"),
                Arguments.of(
                        withFilter(
                                "{type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {hostname: a}}"),
                        "a rule that redirects forwards nothing"),
                Arguments.of(
                        withFilter(
                                        "{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /x}}}")
                                + "      matches: [{path: {type: Exact, value: /a}}]\n",
                        "ReplacePrefixMatch needs every match of the rule to be a PathPrefix"),
                Arguments.of(
                        ROUTE.replace("port: 8080}]\n", "port: 8080, filters: [{type: RequestMirror}]}]\n"),
                        "backendRefs[0].filters[0].type: RequestMirror is not supported here"),
                Arguments.of(ROUTE + "      retry: {backoff: 1h}\n", "spec.rules[0].retry.backoff: is at most 10m"),
                Arguments.of(
                        withFilter(
                                "{type: ExtensionRef, extensionRef: {group: policy.tracery.io, kind: RetryPolicy, name: calm}}"),
                        "there is no RetryPolicy shop/calm"),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: RateLimit\nmetadata: {name: w}\nspec: {requests: 5, per: Day}\n",
                        "spec.per: is Second, Minute or Hour, not \"Day\""),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: RateLimit\nmetadata: {name: w}\nspec: {requests: 5, perKey: {requests: 1}}\n",
                        "spec.perKey.header: say one of header, source: Address and caller: Identity"),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: Fault\nmetadata: {name: w}\nspec: {abort: {percent: 101}}\n",
                        "spec.abort.httpStatus: an abort has an httpStatus or a grpcStatus"),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: Fault\nmetadata: {name: w}\nspec: {delay: {time: 1s, percent: 101}}\n",
                        "spec.delay.percent: is a number 0..100 with at most four decimals, not \"101\""),
                Arguments.of(
                        withFilter("{type: ExtensionRef, extensionRef: {group: x.io, kind: Y, name: z}}"),
                        "of group policy.tracery.io are known: "),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: RetryPolicy\nmetadata: {name: calm}\nspec: {grpcCodes: [ok]}\n",
                        "spec.grpcCodes: \"ok\" is not one of [cancelled, deadline-exceeded, internal"),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: RetryPolicy\nmetadata: {name: calm}\nspec: {hedge: {methods: All}}\n",
                        "spec.hedge.after: is how long an endpoint may be silent"),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: RetryPolicy\nmetadata: {name: calm}\nspec: {hedge: {after: 1s, methods: All}}\n",
                        "spec.hedge.methods: are Idempotent or Any, not \"All\""),
                Arguments.of(
                        "apiVersion: policy.tracery.io/v1alpha1\nkind: RetryPolicy\nmetadata: {name: calm, namespace: shop}\nspec: {hedge: {after: 1s}}\n---\n"
                                + withFilter(
                                        "{type: ExtensionRef, extensionRef: {group: policy.tracery.io, kind: RetryPolicy, name: calm}}")
                                + "      timeouts: {backendRequest: 1s}\n",
                        "a rule whose RetryPolicy has a hedge has no timeouts.backendRequest"),
                Arguments.of(
                        ROUTE + "      timeouts: {request: 10}\n",
                        "spec.rules[0].timeouts.request: must be a duration such as 500ms or 1m30s, not \"10\""),
                Arguments.of(
                        ROUTE + "      timeouts: {request: 1s, backendRequest: 2s}\n",
                        "must not be longer than request"),
                Arguments.of(
                        ROUTE + "      matches: [{path: {type: RegularExpression, value: /a(}}]\n",
                        "spec.rules[0].matches[0].path.value: is not an expression of RE2's syntax"),
                Arguments.of(
                        ROUTE + "      matches: [{path: {type: Suffix, value: /a}}]\n",
                        "Exact, PathPrefix and RegularExpression are supported, not Suffix"),
                Arguments.of(
                        ROUTE
                                + "      matches: [{headers: [{type: RegularExpression, name: a, value: '((a{100}){10})'}]}]\n",
                        "the expression is too costly"),
                Arguments.of(
                        ROUTE.replace("  rules:", "  hostnames: [a.example]\n  rules:"),
                        "spec.hostnames: the Gateway API gives them no meaning where a Service is the parent"),
                Arguments.of(
                        ROUTE + "---\n"
                                + ROUTE.replace("HTTPRoute", "GRPCRoute")
                                        .replace("name: cart, namespace", "name: calls, namespace"),
                        "Service shop/cart has the GRPCRoute shop/calls too"),
                Arguments.of(
                        ROUTE.replace("HTTPRoute", "GRPCRoute") + "      matches: [{method: {type: Exact}}]\n",
                        "a method match names a service, a method or both"),
                Arguments.of(ROUTE.replace("kind: Service", "kind: Gateway"), "a route's parent is a Service here"),
                Arguments.of(
                        ROUTE.replace("- backendRefs: [{name: cart", "- backendRefs: [{name: card"),
                        "there is no Service shop/card; did you mean shop/cart?"),
                Arguments.of(
                        ROUTE.replace("[{name: cart, port: 8080}]", "[{name: cart, port: 8081}]"),
                        "Service shop/cart has no port 8081, only [8080, 9000]"),
                Arguments.of(
                        ROUTE.replace("cart, port: 8080}]\n  rules", "cart, port: 9000}]\n  rules"),
                        "has an opaque port 9000"),
                Arguments.of(
                        ROUTE.replace("{name: cart, namespace: shop}", "{name: cart, namespace: other}")
                                .replace("name: cart, port", "name: cart, namespace: shop, port"),
                        "the route must stand in the namespace of Service shop/cart"),
                Arguments.of(
                        SIDECAR.replace("127.0.0.1:22000", "localhost:22000"),
                        "spec.outbound[0].bind: must be an IP address, not \"localhost\""),
                Arguments.of(SIDECAR.replace("127.0.0.1:22000", "127.0.0.1"), "must be address:port"),
                Arguments.of(
                        SIDECAR.replace("serviceAccount: front", "serviceAccount: Front"),
                        "spec.serviceAccount: \"Front\" is not a service account"),
                Arguments.of(SIDECAR.replace("protocol: http", "protocol: quic"), "are known, not \"quic\""),
                Arguments.of(
                        SIDECAR.replace("protocol: http", "protocol: http, tls: off"),
                        "must be strict or permissive, not \"off\""),
                Arguments.of(
                        SIDECAR + "    - {service: cart, port: 8080, bind: \"127.0.0.1:22009\"}\n",
                        "shop/cart port 8080 is taken by another entry of outbound"),
                Arguments.of(
                        SIDECAR.replace("127.0.0.1:22000", "127.0.0.1:21000"),
                        "127.0.0.1:21000 is taken by another entry of inbound"),
                Arguments.of(SIDECAR + "---\n" + SIDECAR, "shop/front-1 is defined more than once"),
                Arguments.of(
                        SIDECAR + SLICE.replaceFirst("", "---\n").replace("name: front-1", "name: front-2"),
                        "there is no Sidecar shop/front-2; did you mean shop/front-1?"),
                Arguments.of(
                        SIDECAR + SLICE.replaceFirst("", "---\n").replace("port: 21000", "port: 21001"),
                        "Sidecar shop/front-1 does not accept on port 21001"),
                Arguments.of(
                        SLICE.replace("addressType: IPv4", "addressType: FQDN"),
                        "IPv4 and IPv6 are supported, not FQDN"),
                Arguments.of(SLICE.replace("[127.0.0.1]", "[127.1]"), "must be an IP address, not \"127.1\""),
                Arguments.of("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n", "v1 Pod is not known here"),
                Arguments.of("just a text\n", "must be a mapping of fields to values"),
                Arguments.of("kind: a\nkind: b\n", "kind: stands here twice"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void namesTheFileTheLineAndTheField(String document, String problem) {
        assertThat(problems(CART, document))
                .isNotEmpty()
                .anySatisfy(line -> assertThat(line).startsWith("mesh.yaml:").contains(problem));
    }

    @Test
    void aRouteForAllPortsNeedsThemAllToBeHttp() {
        assertThat(problems(CART, ROUTE.replace("name: cart, port: 8080}]\n  rules", "name: cart}]\n  rules")))
                .anySatisfy(line -> assertThat(line).contains("Service shop/cart has an opaque port 9000:"));
    }
}
