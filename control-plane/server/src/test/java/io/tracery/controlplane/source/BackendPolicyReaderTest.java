package io.tracery.controlplane.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.controlplane.model.BackendPolicy.Algorithm;
import io.tracery.controlplane.model.BackendPolicy.Balancer;
import io.tracery.controlplane.model.BackendPolicy.CircuitBreaker;
import io.tracery.controlplane.model.BackendPolicy.Ejection;
import io.tracery.controlplane.model.BackendPolicy.HashOn;
import io.tracery.controlplane.model.BackendPolicy.Http1Travel;
import io.tracery.controlplane.model.BackendPolicy.OutlierDetection;
import io.tracery.controlplane.model.BackendPolicy.Settings;
import io.tracery.controlplane.model.BackendPolicy.SlowStart;
import io.tracery.controlplane.model.BackendPolicy.SuccessRate;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Service;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendPolicyReaderTest {

    private static final Name CART = new Name("shop", "cart");

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec: {ports: [{name: http, port: 80, appProtocol: http}, {name: admin, port: 81, appProtocol: http}]}
            """;

    private static String policy(String name, String target, String spec) {
        return """
                apiVersion: policy.tracery.io/v1alpha1
                kind: BackendPolicy
                metadata: {name: %s, namespace: shop}
                spec:
                  targetRefs: [{group: "", kind: Service, %s}]
                %s
                """.formatted(name, target, spec.stripIndent().indent(2));
    }

    private static ModelReader.Reading read(String... documents) {
        return ModelReader.read(Map.of("mesh.yaml", SERVICE + "---\n" + String.join("---\n", documents)));
    }

    private static Settings settings(String spec) {
        ModelReader.Reading reading = read(policy("p", "name: cart", spec));
        assertThat(reading.problems()).isEmpty();
        return settings(reading.model(), 80);
    }

    private static Settings settings(MeshModel model, int port) {
        Service service = Objects.requireNonNull(model.services().get(CART));
        return model.backendSettings(CART, Objects.requireNonNull(service.port(port)));
    }

    @Test
    void whereNothingIsSaidRequestsAreSpreadByPeakEwmaNearOnesFirst() {
        assertThat(settings("slowStart: {}").balancer()).isEqualTo(Balancer.DEFAULT);
        assertThat(settings(read().model(), 80)).isEqualTo(Settings.DEFAULT);
    }

    @Test
    void readsEveryField() {
        assertThat(settings("""
                        balancer: {type: PeakEwma, zones: Ignore, initialLatency: 10ms, decay: 5s, penalty: 2s, penalize: [429, 500]}
                        slowStart: {window: 30s, aggression: 1.5, minimumPercent: 20}
                        outlierDetection:
                          consecutive5xx: 7
                          consecutiveGatewayFailures: 3
                          consecutiveLocalFailures: 4
                          successRate: {minimumPercent: 90, requests: 20}
                          interval: 5s
                          baseEjectionTime: 1s
                          maxEjectionTime: 1m
                          maxEjectionTimeJitter: 500ms
                          maxEjectionPercent: 40
                          panicThresholdPercent: 20
                        circuitBreaker: {maxConnections: 1, maxPendingRequests: 2, maxRequests: 3}
                        http1BetweenSidecars: AsItIs
                        """))
                .isEqualTo(new Settings(
                        new Balancer(
                                new Algorithm.PeakEwma(
                                        Duration.ofMillis(10),
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(2),
                                        Set.of(429, 500)),
                                /* preferOwnZone= */ false,
                                List.of()),
                        new SlowStart(Duration.ofSeconds(30), 1.5, 20),
                        new OutlierDetection(
                                7,
                                3,
                                4,
                                new SuccessRate(90, 20),
                                Duration.ofSeconds(5),
                                new Ejection(
                                        Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMillis(500), 40, 20)),
                        new CircuitBreaker(1, 2, 3, 0),
                        Http1Travel.AS_IT_IS));
    }

    @Test
    void readsEveryAlgorithm() {
        assertThat(settings("balancer: {type: LeastRequest, choices: 3}")
                        .balancer()
                        .algorithm())
                .isEqualTo(new Algorithm.LeastRequest(3));
        assertThat(settings("balancer: {type: RoundRobin}").balancer().algorithm())
                .isEqualTo(new Algorithm.RoundRobin());
        assertThat(settings("balancer: {type: Random}").balancer().algorithm()).isEqualTo(new Algorithm.Random());
        assertThat(settings("balancer: {type: Maglev, hashOn: [{source: Address}]}")
                        .balancer()
                        .algorithm())
                .isEqualTo(new Algorithm.Maglev(65_537));
        Balancer ring = settings("""
                        balancer:
                          type: RingHash
                          hashOn:
                            - {header: X-User}
                            - {cookie: {name: session, path: /cart, ttl: 1h}}
                            - {cookie: {name: other}}
                        """).balancer();
        assertThat(ring.algorithm()).isEqualTo(new Algorithm.RingHash(1024, 65_536));
        assertThat(ring.hashOn())
                .containsExactly(
                        new HashOn.Header("x-user"),
                        new HashOn.Cookie("session", "/cart", Duration.ofHours(1)),
                        new HashOn.Cookie("other", "/", null));
    }

    @Test
    void aPolicyForOnePortStandsBeforeOneForTheService() {
        MeshModel model = read(
                        policy("whole", "name: cart", "balancer: {type: Random}"),
                        policy("port", "name: cart, port: 80", "balancer: {type: RoundRobin}"))
                .model();
        assertThat(settings(model, 80).balancer().algorithm()).isEqualTo(new Algorithm.RoundRobin());
        assertThat(settings(model, 81).balancer().algorithm()).isEqualTo(new Algorithm.Random());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: crat                       | slowStart: {}                          | spec.targetRefs: there is no Service shop/crat; did you mean
            name: cart, port: 82             | slowStart: {}                          | spec.targetRefs: Service shop/cart has no port 82, only
            name: cart, sectionName: htp     | slowStart: {}                          | spec.targetRefs: Service shop/cart has no port named "htp", only
            name: cart, port: 80, sectionName: http | slowStart: {}                   | sectionName: names the port that port numbers
            name: cart, kind: Pod            | slowStart: {}                          | kind
            name: cart                       | balancer: {type: Ringhash, hashOn: []} | spec.balancer.type: must be one of PeakEwma
            name: cart                       | balancer: {type: Maglev}               | spec.balancer.hashOn: says what of a request is hashed
            name: cart                       | balancer: {type: Maglev, tableSize: 65536, hashOn: [{header: x}]} | spec.balancer.tableSize: must be a prime
            name: cart                       | balancer: {type: LeastRequest, choices: 1} | spec.balancer.choices: must be a number 2..100
            name: cart                       | balancer: {choices: 2}                 | spec.balancer.choices: is not a field that this version honours
            name: cart                       | balancer: {penalize: [200]}            | spec.balancer.penalize: are response codes 400..599
            name: cart                       | slowStart: {aggression: 0}             | spec.slowStart.aggression: must be a number above 0
            name: cart                       | slowStart: {windw: 1s}                 | spec.slowStart.windw: is not a field that this version honours; did you mean
            name: cart                       | outlierDetection: {baseEjectionTime: 10m} | spec.outlierDetection.maxEjectionTime: must not be shorter
            """)
    void saysWhatIsWrongAndWhere(String target, String spec, String problem) {
        assertThat(read(policy("p", target, spec)).problems())
                .extracting(Problem::toString)
                .anyMatch(text -> text.contains(problem));
    }

    @Test
    void twoPoliciesForOneTargetAreAConflictThatBothAreToldOf() {
        assertThat(read(policy("one", "name: cart", ""), policy("two", "name: cart", ""))
                        .problems())
                .extracting(Problem::toString)
                .anyMatch(text -> text.contains("Service shop/cart as a whole has two policies, this and shop/one"))
                .anyMatch(text -> text.contains("Service shop/cart as a whole has two policies, this and shop/two"));
    }
}
