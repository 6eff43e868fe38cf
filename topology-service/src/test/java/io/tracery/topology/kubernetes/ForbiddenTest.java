package io.tracery.topology.kubernetes;

import static io.tracery.topology.kubernetes.FakeCluster.deployment;
import static io.tracery.topology.kubernetes.FakeCluster.pod;
import static io.tracery.topology.kubernetes.FakeCluster.replicaSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.topology.graph.KubernetesWorkload;
import io.tracery.topology.graph.NodeId;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service account that may not see everything. */
@Timeout(120)
class ForbiddenTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final NodeId CART = new NodeId("shop", "cart");
    private static final Map<String, String> LABELS = Map.of("app", "cart");

    @Test
    void goesOnWithWhatItMaySeeNamesWhatIsMissingAndSeesItOnceItMay() {
        try (FakeCluster fake = new FakeCluster();
                Cluster cluster = new Cluster(fake.config(), new SimpleMeterRegistry())) {
            fake.add(
                    deployment("cart", LABELS, "cart:1", 1, 1),
                    replicaSet("cart", LABELS, "cart:1", 1),
                    pod("cart", "a", "cart:1", null, 0));
            fake.forbid("/replicasets");
            cluster.start();

            await().atMost(SOON).untilAsserted(() -> {
                assertThat(cluster.behind(CART))
                        .isNotNull()
                        .extracting(KubernetesWorkload::pods)
                        .isEqualTo(0);
                assertThat(cluster.troubles())
                        .containsExactly(
                                "this process may not see replicasets of the Kubernetes cluster, and the map goes on without what"
                                        + " they say: its service account needs a ClusterRole with {apiGroups: [\"apps\"],"
                                        + " resources: [replicasets], verbs: [list, watch]}");
            });

            fake.allow("/replicasets");
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(cluster.behind(CART))
                        .isNotNull()
                        .extracting(KubernetesWorkload::pods)
                        .isEqualTo(1);
                assertThat(cluster.troubles()).isEmpty();
            });
        }
    }
}
