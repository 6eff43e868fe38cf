package io.tracery.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of mesh configuration, of which the demo needs the Sidecar objects: they say which processes to start. */
public final class MeshFolder {

    private static final YAMLMapper YAML = new YAMLMapper();

    private MeshFolder() {}

    /**
     * Every sidecar in the folder, by admin port.
     *
     * @throws DemoException naming the file that cannot be used
     */
    public static List<Sidecar> sidecars(Path folder) {
        List<Sidecar> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                read(file, found);
            }
        } catch (IOException e) {
            throw new DemoException("the mesh folder " + folder + " cannot be read: " + e, e);
        }
        if (found.isEmpty()) {
            throw new DemoException(
                    "the mesh folder " + folder + " holds no Sidecar object, so there is no mesh to start");
        }
        found.sort(Comparator.comparingInt(Sidecar::adminPort));
        return List.copyOf(found);
    }

    private static void read(Path file, List<Sidecar> found) {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(file.toFile())) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.path("kind").asText().equals("Sidecar")) {
                    found.add(sidecar(document));
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new DemoException(file + " is not usable mesh configuration: " + e.getMessage(), e);
        }
    }

    private static Sidecar sidecar(JsonNode document) {
        JsonNode metadata = document.path("metadata");
        JsonNode spec = document.path("spec");
        List<Sidecar.Inbound> inbound = new ArrayList<>();
        for (JsonNode listener : spec.path("inbound")) {
            inbound.add(new Sidecar.Inbound(
                    listener.required("port").asInt(),
                    Sidecar.portOf(listener.required("forwardTo").asText()),
                    listener.path("tls").asText("strict").equals("strict")));
        }
        if (inbound.isEmpty()) {
            throw new IllegalArgumentException("a Sidecar of the demo needs an inbound listener");
        }
        List<Sidecar.Outbound> outbound = new ArrayList<>();
        for (JsonNode listener : spec.path("outbound")) {
            outbound.add(new Sidecar.Outbound(
                    listener.required("service").asText(),
                    listener.required("bind").asText()));
        }
        return new Sidecar(
                metadata.required("namespace").asText(),
                metadata.required("name").asText(),
                spec.required("workload").asText(),
                spec.required("version").asText(),
                spec.required("serviceAccount").asText(),
                inbound,
                outbound);
    }
}
