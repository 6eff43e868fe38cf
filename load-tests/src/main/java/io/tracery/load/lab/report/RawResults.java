package io.tracery.load.lab.report;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.work.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of raw results: {@code <date>-<work>.json}, one object per work and day. What was measured later on a day
 * replaces what it measured again and leaves the rest.
 */
public final class RawResults {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    public RawResults(Path folder) {
        this.folder = folder;
    }

    /** Puts these results beside what the same day has already; answers the whole. */
    public ObjectNode add(Work work, LocalDate day, ObjectNode results) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(day + "-" + work.name() + ".json");
        ObjectNode whole = Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
        merge(whole, results);
        forgetNumbersThatAreNone(whole);
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultPrettyPrinter.NopIndenter.instance);
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        Files.writeString(file, JSON.writer(printer).writeValueAsString(whole) + "\n");
        return whole;
    }

    /** The newest results of a work. */
    public Optional<JsonNode> newest(Work work) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file ->
                            file.getFileName().toString().matches("\\d{4}-\\d\\d-\\d\\d-" + work.name() + "\\.json"))
                    .sorted()
                    .toList();
        }
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(JSON.readTree(files.getLast().toFile()));
    }

    /** JSON has no NaN; Jackson would write it as a string. What no run that counts has shown is null. */
    private static void forgetNumbersThatAreNone(ContainerNode<?> node) {
        switch (node) {
            case ObjectNode object -> object.properties().forEach(field -> field.setValue(orNull(field.getValue())));
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, orNull(array.get(i)));
                }
            }
            default -> throw new IllegalStateException("neither object nor array: " + node);
        }
    }

    private static JsonNode orNull(JsonNode value) {
        if (value instanceof ContainerNode<?> inner) {
            forgetNumbersThatAreNone(inner);
        }
        return value.isDouble() && !Double.isFinite(value.doubleValue()) ? NullNode.getInstance() : value;
    }

    /** Objects are merged name by name; everything else is replaced. What one measurement wrote is one object of one place. */
    static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(field -> {
            JsonNode there = into.get(field.getKey());
            if (there instanceof ObjectNode old && field.getValue() instanceof ObjectNode fresh) {
                merge(old, fresh);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }
}
