package io.tracery.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.controlplane.source.ConfigFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/** Mesh models as the control plane itself reads them. */
final class Meshes {

    static final Path SHOP = Path.of("src/test/resources/io/tracery/controlplane/xds/mesh");

    private Meshes() {}

    static MeshModel read(Path folder) throws IOException {
        AtomicReference<MeshModel> model = new AtomicReference<>(MeshModel.EMPTY);
        try (ConfigFolder source = new ConfigFolder(folder, model::set, new SimpleMeterRegistry())) {
            source.start();
            assertThat(source.problems()).isEmpty();
            return model.get();
        }
    }

    /** A mesh of one YAML text. */
    static MeshModel of(Path scratch, String yaml) throws IOException {
        Files.writeString(scratch.resolve("mesh.yaml"), yaml);
        return read(scratch);
    }

    /** One sidecar {@code shop/front-1} that calls some of the services {@code a}, {@code b} and {@code c}. */
    static String calling(String... services) {
        StringBuilder mesh = new StringBuilder();
        for (String service : new String[] {"a", "b", "c"}) {
            mesh.append("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: %1$s, namespace: shop}
                    spec: {ports: [{port: 80, appProtocol: http}]}
                    ---
                    """.formatted(service));
        }
        mesh.append("""
                apiVersion: policy.tracery.io/v1alpha1
                kind: Sidecar
                metadata: {name: front-1, namespace: shop}
                spec:
                  workload: front
                  serviceAccount: front
                  outbound:
                """);
        for (String service : services) {
            mesh.append("    - {service: %s, port: 80, bind: \"127.0.0.1:%d\"}%n"
                    .formatted(service, 22_000 + service.charAt(0)));
        }
        return mesh.toString();
    }
}
