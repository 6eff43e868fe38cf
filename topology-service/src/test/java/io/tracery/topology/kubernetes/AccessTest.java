package io.tracery.topology.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {

    private static final Map<String, String> POD =
            Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "6443");

    @TempDir
    Path account;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void findsThePodsOwnClusterAndReadsItsTokenAnewForEachRequest() throws IOException {
        Files.writeString(account.resolve("token"), "first\n");
        Config config = new Access(POD, account).cluster(null).orElseThrow();

        assertThat(config.getMasterUrl()).isEqualTo("https://10.0.0.1:6443/");
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("first");
        Files.writeString(account.resolve("token"), "second\n");
        assertThat(config.getOauthTokenProvider().getToken()).isEqualTo("second");
    }

    @Test
    void findsNoneOutsideOfAPodNorInOneWithoutAToken() {
        assertThat(new Access(Map.of(), account).cluster(null)).isEmpty();
        assertThat(new Access(POD, account).cluster(null)).isEmpty();
        assertThat(Cluster.of("auto", null, registry, new Access(POD, account))).isEmpty();
    }

    @Test
    void takesTheClusterThatAKubeconfigNames() throws IOException {
        Path kubeconfig = Files.writeString(account.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: there
                contexts: [{name: there, context: {cluster: far, user: me}}]
                clusters: [{name: far, cluster: {server: "https://far.example:6443"}}]
                users: [{name: me, user: {token: secret}}]
                """);

        assertThat(new Access(Map.of(), account).cluster(kubeconfig).orElseThrow())
                .satisfies(config -> assertThat(config.getMasterUrl()).isEqualTo("https://far.example:6443/"));
        assertThat(Cluster.of("auto", kubeconfig, registry, new Access(Map.of(), account)))
                .isPresent();
    }

    @Test
    void asksNobodyWhereItIsOff() throws IOException {
        Files.writeString(account.resolve("token"), "first");

        assertThat(Cluster.of("off", null, registry, new Access(POD, account))).isEmpty();
    }

    @Test
    void saysWhatIsMissing() {
        Access nowhere = new Access(Map.of(), account);

        assertThatThrownBy(() -> Cluster.of("on", null, registry, nowhere))
                .hasMessageContaining("name a kubernetes.kubeconfig");
        assertThatThrownBy(() -> nowhere.cluster(account.resolve("none"))).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> nowhere.cluster(Files.writeString(account.resolve("empty"), "{}")))
                .hasMessageContaining("names no current context");
    }
}
