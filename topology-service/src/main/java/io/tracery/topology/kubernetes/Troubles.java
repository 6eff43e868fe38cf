package io.tracery.topology.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once what keeps the objects of one kind from being seen, and once that it is over. */
final class Troubles {

    private static final Logger log = LoggerFactory.getLogger(Troubles.class);

    private final String group;
    private final String resource;
    private final AtomicReference<@Nullable String> said = new AtomicReference<>();

    /**
     * @param group as RBAC writes it, empty for the core group
     * @param resource in the plural
     */
    Troubles(String group, String resource) {
        this.group = group;
        this.resource = resource;
    }

    void met(Throwable failure) {
        String text = text(
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
        if (!text.equals(said.getAndSet(text))) {
            log.warn("{}", text);
        }
    }

    void over() {
        if (said.getAndSet(null) != null) {
            log.info("{} of the Kubernetes cluster are seen again", resource);
        }
    }

    /** What was said and is not over. */
    Optional<String> now() {
        return Optional.ofNullable(said.get());
    }

    private String text(Throwable failure) {
        if (failure instanceof KubernetesClientException refused) {
            if (refused.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return "this process may not see " + resource
                        + " of the Kubernetes cluster, and the map goes on without what they say:"
                        + " its service account needs a ClusterRole with {apiGroups: [\"" + group + "\"], resources: ["
                        + resource + "], verbs: [list, watch]}";
            }
            if (refused.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                return "the Kubernetes cluster does not know this process, which wants to see " + resource
                        + " and asks again: its service account token, or the kubeconfig's user, is not accepted";
            }
        }
        return resource + " of the Kubernetes cluster are not seen now, which is tried again: " + failure;
    }
}
