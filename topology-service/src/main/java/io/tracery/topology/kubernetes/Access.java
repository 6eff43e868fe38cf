package io.tracery.topology.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a process finds its cluster.
 *
 * @param environment of this process
 * @param account folder of a pod's service account
 */
record Access(Map<String, String> environment, Path account) {

    static Access ofThisProcess() {
        return new Access(System.getenv(), Path.of("/var/run/secrets/kubernetes.io/serviceaccount"));
    }

    /**
     * Empty where there is none.
     *
     * @param kubeconfig where to find it, whatever this process runs in
     * @throws IllegalArgumentException when the kubeconfig says nothing of a cluster
     */
    Optional<Config> cluster(@Nullable Path kubeconfig) {
        if (kubeconfig != null) {
            return Optional.of(read(kubeconfig));
        }
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        if (host == null || host.isEmpty() || !Files.isReadable(account.resolve("token"))) {
            return Optional.empty();
        }
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        return Optional.of(new ConfigBuilder(Config.empty())
                .withMasterUrl("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/")
                .withCaCertFile(account.resolve("ca.crt").toString())
                // Read for each request: the kubelet writes a new one before the old one expires.
                .withOauthTokenProvider(this::token)
                .build());
    }

    private static Config read(Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            throw new IllegalArgumentException("kubernetes.kubeconfig " + kubeconfig + " cannot be read");
        }
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        if (config.getCurrentContext() == null) {
            throw new IllegalArgumentException("kubernetes.kubeconfig " + kubeconfig
                    + " names no current context; kubectl config use-context sets it");
        }
        return config;
    }

    private String token() {
        try {
            return Files.readString(account.resolve("token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the service account's token cannot be read", e);
        }
    }
}
