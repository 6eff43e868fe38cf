package io.tracery.topology.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** fabric8's API server, which forgets nothing, forbids what it is told to, and goes away and comes back. */
final class FakeCluster implements AutoCloseable {

    private static final String FORBIDDEN = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
             "message": "replicasets.apps is forbidden: User cannot list resource at the cluster scope"}
            """;

    private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
    private KubernetesMockServer server;
    private KubernetesClient client;

    FakeCluster() {
        server = server(0);
        client = server.createClient();
    }

    private KubernetesMockServer server(int port) {
        Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
        Dispatcher answers = new KubernetesMixedDispatcher(responses);
        KubernetesMockServer starting = new KubernetesMockServer(
                new Context(), new MockWebServer(), responses, new Guarded(answers, forbidden), /* useHttps= */ false);
        starting.init(InetAddress.getLoopbackAddress(), port);
        return starting;
    }

    private static final class Guarded extends Dispatcher {
        private final Dispatcher answers;
        private final Set<String> forbidden;

        Guarded(Dispatcher answers, Set<String> forbidden) {
            this.answers = answers;
            this.forbidden = forbidden;
        }

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            String path = String.valueOf(request.getPath());
            boolean reading = "GET".equals(request.getMethod());
            return reading && forbidden.stream().anyMatch(path::contains)
                    ? new MockResponse().setResponseCode(403).setBody(FORBIDDEN)
                    : answers.dispatch(request);
        }

        @Override
        public void shutdown() {
            answers.shutdown();
        }
    }

    Config config() {
        return client.getConfiguration();
    }

    /** By a part of the path. */
    void forbid(String resource) {
        forbidden.add(resource);
    }

    void allow(String resource) {
        forbidden.remove(resource);
    }

    /** Ends all watches; then there is a new server at the same address. */
    void restart() {
        int port = server.getPort();
        client.close();
        server.destroy();
        server = server(port);
        client = server.createClient();
    }

    void add(HasMetadata... objects) {
        for (HasMetadata object : objects) {
            client.resource(object).create();
        }
    }

    void change(HasMetadata object) {
        client.resource(object).update();
    }

    void remove(HasMetadata object) {
        client.resource(object).delete();
    }

    static HasMetadata machine(String name, String zone) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("topology.kubernetes.io/zone", zone)
                .endMetadata()
                .build();
    }

    static HasMetadata service(String name, Map<String, String> selector) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withSelector(selector)
                .endSpec()
                .build();
    }

    static HasMetadata deployment(String name, Map<String, String> labels, String image, int ready, int desired) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(desired)
                .withTemplate(template(labels, image))
                .endSpec()
                .withNewStatus()
                .withReadyReplicas(ready)
                .endStatus()
                .build();
    }

    static HasMetadata replicaSet(String deployment, Map<String, String> labels, String image, int pods) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(deployment + "-5d4f")
                .withOwnerReferences(keeper("Deployment", deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(pods)
                .withTemplate(template(labels, image))
                .endSpec()
                .withNewStatus()
                .withReadyReplicas(pods)
                .endStatus()
                .build();
    }

    /** A pod of that Deployment's replica set. */
    static Pod pod(String deployment, String suffix, String image, @Nullable String machine, int restarts) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("shop")
                .withName(deployment + "-5d4f-" + suffix)
                .withOwnerReferences(keeper("ReplicaSet", deployment + "-5d4f"))
                .endMetadata()
                .withNewSpec()
                .withNodeName(machine)
                .withServiceAccountName(deployment)
                .withContainers(container(image))
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .addNewContainerStatus()
                .withName("app")
                .withRestartCount(restarts)
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static PodTemplateSpec template(Map<String, String> labels, String image) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withContainers(container(image))
                .endSpec()
                .build();
    }

    private static Container container(String image) {
        return new ContainerBuilder().withName("app").withImage(image).build();
    }

    private static OwnerReference keeper(String kind, String name) {
        return new OwnerReferenceBuilder()
                .withKind(kind)
                .withName(name)
                .withController(true)
                .build();
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }
}
