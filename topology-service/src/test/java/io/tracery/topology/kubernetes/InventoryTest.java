package io.tracery.topology.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.topology.graph.KubernetesWorkload;
import io.tracery.topology.graph.KubernetesWorkload.Owner;
import io.tracery.topology.graph.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InventoryTest {

    private final List<Seen> seen = new ArrayList<>();

    @Test
    void aServicesNodeIsAllThatItLeadsTo() {
        seen.add(service("cart", Map.of("app", "cart")));
        seen.add(deployment("cart-v1", 2, Map.of("app", "cart", "version", "v1")));
        seen.add(deployment("cart-v2", 0, Map.of("app", "cart", "version", "v2")));
        seen.add(deployment("other", 1, Map.of("app", "other")));

        KubernetesWorkload cart = behind("cart");

        assertThat(cart.owners()).extracting(Owner::name).containsExactly("cart-v1", "cart-v2");
        assertThat(cart.labels()).isEqualTo(Map.of("app", "cart"));
        assertThat(cart.services()).containsExactly("cart");
    }

    @Test
    void aNodeWithoutAServiceIsFoundByNameThenByItsIdentityThenByLabel() {
        seen.add(deployment("front", 1, Map.of("app.kubernetes.io/name", "page")));
        assertThat(behind("front").owners()).extracting(Owner::name).containsExactly("front");
        assertThat(behind("front-account").owners()).extracting(Owner::name).containsExactly("front");
        assertThat(behind("page").owners()).extracting(Owner::name).containsExactly("front");
        assertThat(inventory().behind(new NodeId("other", "front"))).isNull();
        assertThat(inventory().behind(NodeId.CLIENTS)).isNull();
        assertThat(inventory().behind(new NodeId("shop", "*"))).isNull();
    }

    @Test
    void whatAnUnknownControllerKeepsIsSummedUnderItsName() {
        Seen.Keeper rollout = new Seen.Keeper("Rollout", "reco");
        seen.add(controller("ReplicaSet", "reco-1", rollout, 1, 1, Map.of("app", "reco")));
        seen.add(controller("ReplicaSet", "reco-2", rollout, 2, 3, Map.of("app", "reco")));
        seen.add(pod("reco-1-a", new Seen.Keeper("ReplicaSet", "reco-1"), true));

        assertThat(behind("reco").owners()).containsExactly(new Owner("Rollout", "reco", 3, 4, List.of("reco-1-a:1")));
        assertThat(behind("reco").pods()).isEqualTo(1);
    }

    @Test
    void podsThatNobodyKeepsStandForThemselves() {
        seen.add(pod("toolbox", null, true));

        assertThat(behind("toolbox").owners()).containsExactly(new Owner("Pod", "toolbox", 1, 1, List.of("toolbox:1")));
    }

    @Test
    void controllersThatKeepEachOtherAreNoEndlessWay() {
        seen.add(controller("A", "one", new Seen.Keeper("B", "two"), 1, 1, Map.of()));
        seen.add(controller("B", "two", new Seen.Keeper("A", "one"), 1, 1, Map.of()));

        assertThat(behind("one").owners()).hasSize(1);
    }

    @Test
    void everyListIsBounded() {
        Map<String, String> labels = new HashMap<>(Map.of("app.kubernetes.io/part-of", "shop", "app", "cart"));
        for (int i = 0; i < 40; i++) {
            labels.put("a-label-" + i, "x");
            seen.add(service("service-" + i, Map.of("app", "cart")));
        }
        seen.add(service("cart", Map.of("app", "cart")));
        for (int i = 0; i < 40; i++) {
            Seen.Controller owner = deployment("cart-" + i, 1, labels);
            seen.add(owner);
            for (int j = 0; j < 8; j++) {
                seen.add(pod("cart-" + i + "-" + j, new Seen.Keeper("Deployment", owner.name()), true));
            }
        }

        KubernetesWorkload cart = behind("cart");

        assertThat(cart.owners()).hasSize(KubernetesWorkload.MOST_OWNERS);
        assertThat(cart.owners().getFirst().images()).hasSize(KubernetesWorkload.MOST_IMAGES);
        assertThat(cart.services()).hasSize(KubernetesWorkload.MOST_SERVICES);
        assertThat(cart.machines()).hasSize(KubernetesWorkload.MOST_MACHINES);
        assertThat(cart.labels())
                .hasSize(KubernetesWorkload.MOST_LABELS)
                .containsEntry("app.kubernetes.io/part-of", "shop");
        assertThat(cart.pods()).isEqualTo(320);
    }

    private Inventory inventory() {
        return new Inventory(seen);
    }

    private KubernetesWorkload behind(String name) {
        KubernetesWorkload found = inventory().behind(new NodeId("shop", name));
        assertThat(found).as(name).isNotNull();
        return Objects.requireNonNull(found);
    }

    private static Seen.Service service(String name, Map<String, String> selector) {
        return new Seen.Service("shop", name, selector);
    }

    private static Seen.Controller deployment(String name, int desired, Map<String, String> labels) {
        return controller("Deployment", name, null, desired, desired, labels);
    }

    private static Seen.Controller controller(
            String kind,
            String name,
            Seen.@Nullable Keeper keeper,
            int ready,
            int desired,
            Map<String, String> labels) {
        return new Seen.Controller(
                "shop", kind, name, keeper, ready, desired, labels, name + "-account", List.of(name + ":1"));
    }

    private static Seen.Pod pod(String name, Seen.@Nullable Keeper keeper, boolean ready) {
        return new Seen.Pod(
                "shop", name, keeper, Map.of(), "default", "machine-" + name, ready, 0, List.of(name + ":1"));
    }
}
