package io.tracery.topology.kubernetes;

import static io.tracery.topology.kubernetes.FakeCluster.deployment;
import static io.tracery.topology.kubernetes.FakeCluster.machine;
import static io.tracery.topology.kubernetes.FakeCluster.pod;
import static io.tracery.topology.kubernetes.FakeCluster.replicaSet;
import static io.tracery.topology.kubernetes.FakeCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.topology.graph.KubernetesWorkload;
import io.tracery.topology.graph.KubernetesWorkload.Machine;
import io.tracery.topology.graph.KubernetesWorkload.Owner;
import io.tracery.topology.graph.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against fabric8's own API server. */
@Timeout(120)
class ClusterTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final NodeId CART = new NodeId("shop", "cart");
    private static final Map<String, String> LABELS = Map.of("app.kubernetes.io/name", "cart", "app", "cart");
    private static final String IMAGE = "registry.example/cart:1.4.2";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeCluster fake = new FakeCluster();
    private final Cluster cluster = new Cluster(fake.config(), registry);

    @BeforeEach
    void shop() {
        fake.add(
                machine("node-a", "eu-1a"),
                service("cart", Map.of("app", "cart")),
                deployment("cart", LABELS, IMAGE, 1, 2),
                replicaSet("cart", LABELS, IMAGE, 2),
                pod("cart", "a", IMAGE, "node-a", 3));
        cluster.start();
    }

    @AfterEach
    void close() {
        cluster.close();
        fake.close();
    }

    @Test
    void tellsWhatRunsBehindANodeAndFollowsIt() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cart())
                        .isEqualTo(new KubernetesWorkload(
                                List.of(new Owner("Deployment", "cart", 1, 2, List.of(IMAGE))),
                                List.of("cart"),
                                1,
                                3,
                                List.of(new Machine("node-a", "eu-1a", 1)),
                                LABELS)));

        Pod second = pod("cart", "b", IMAGE, "node-b", 0);
        fake.add(second);
        fake.change(pod("cart", "a", IMAGE, "node-a", 4));
        fake.change(deployment("cart", LABELS, IMAGE, 2, 2));
        await().atMost(SOON).untilAsserted(() -> {
            KubernetesWorkload cart = cart();
            assertThat(cart).isNotNull();
            assertThat(cart.owners()).containsExactly(new Owner("Deployment", "cart", 2, 2, List.of(IMAGE)));
            assertThat(cart.restarts()).isEqualTo(4);
            assertThat(cart.machines())
                    .containsExactly(new Machine("node-a", "eu-1a", 1), new Machine("node-b", null, 1));
        });

        fake.remove(second);
        await().atMost(SOON).untilAsserted(() -> assertThat(pods()).isEqualTo(1));
        assertThat(registry.get("topology.kubernetes.watches").gauge().value()).isEqualTo(8);
        assertThat(registry.get("topology.kubernetes.objects")
                        .tag("resource", "pods")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void goesOnWhenTheServerIsBack() {
        await().atMost(SOON).untilAsserted(() -> assertThat(pods()).isEqualTo(1));

        fake.restart();
        fake.add(pod("cart", "a", IMAGE, "node-a", 3), pod("cart", "b", IMAGE, "node-a", 0));

        await().atMost(SOON).untilAsserted(() -> assertThat(pods()).isEqualTo(2));
    }

    private int pods() {
        KubernetesWorkload cart = cart();
        return cart == null ? -1 : cart.pods();
    }

    private @Nullable KubernetesWorkload cart() {
        return cluster.behind(CART);
    }
}
