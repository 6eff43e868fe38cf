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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The folder of raw results: {@code <date>-<work>.json}, one object per work, day and machine; those of a second machine on
 * the same day are {@code <date>-<work>-2.json}. What was measured later on a day replaces what it measured again and leaves
 * the rest.
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
        Path file = file(work, day, results.path("machine"));
        ObjectNode whole = Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
        merge(whole, results);
        forgetNumbersThatAreNone(whole);
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultPrettyPrinter.NopIndenter.instance);
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        Files.writeString(file, JSON.writer(printer).writeValueAsString(whole) + "\n");
        return whole;
    }

    private Path file(Work work, LocalDate day, JsonNode machine) throws IOException {
        Path file = folder.resolve(day + "-" + work.name() + ".json");
        for (int next = 2;
                Files.exists(file)
                        && !JSON.readTree(file.toFile()).path("machine").equals(machine);
                next++) {
            file = folder.resolve(day + "-" + work.name() + "-" + next + ".json");
        }
        return file;
    }

    /**
     * The newest results of a work: each measurement of the last day that has it, for all proxies of that day, because only
     * what was measured together compares. {@code from} says which measurements are of when and of which machine.
     */
    public Optional<JsonNode> newest(Work work) throws IOException {
        ObjectNode whole = null;
        Set<String> known = new HashSet<>();
        for (ObjectNode day : newestFirst(work)) {
            ObjectNode from = JSON.createObjectNode();
            from.set("machine", day.path("machine"));
            from.set("at", day.path("at"));
            Set<String> fresh = measurements(day);
            fresh.removeAll(known);
            fresh.forEach(from.putArray("measurements")::add);
            keep(day, fresh);
            known.addAll(fresh);
            if (whole == null) {
                whole = day;
                whole.putArray("from").add(from);
            } else if (!fresh.isEmpty()) {
                ((ArrayNode) whole.get("from")).add(from);
                addTo(whole, day);
            }
        }
        return Optional.ofNullable(whole);
    }

    private List<ObjectNode> newestFirst(Work work) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        String name = "\\d{4}-\\d\\d-\\d\\d-" + work.name() + "(-\\d+)?\\.json";
        List<ObjectNode> days = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(each -> each.getFileName().toString().matches(name))
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                days.add((ObjectNode) JSON.readTree(file.toFile()));
            }
        }
        days.sort(Comparator.comparing((ObjectNode day) -> day.path("at").asText())
                .reversed());
        return days;
    }

    /** Of every proxy and of the baseline: what is an object is a measurement, the rest says what was measured. */
    private static Set<String> measurements(ObjectNode day) {
        Set<String> names = new TreeSet<>();
        measured(day)
                .forEach(proxy -> proxy.properties().stream()
                        .filter(field -> field.getValue() instanceof ObjectNode)
                        .forEach(field -> names.add(field.getKey())));
        return names;
    }

    private static void keep(ObjectNode day, Set<String> names) {
        measured(day)
                .forEach(proxy -> proxy.properties()
                        .removeIf(field -> field.getValue() instanceof ObjectNode && !names.contains(field.getKey())));
    }

    private static Stream<ObjectNode> measured(ObjectNode day) {
        return Stream.concat(day.path("proxies").valueStream(), Stream.of(day.path("baseline")))
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast);
    }

    /** What the newer day says of itself stays: its own version of a proxy, its amounts. */
    private static void addTo(ObjectNode newer, ObjectNode older) {
        ObjectNode told = older.deepCopy();
        told.retain("proxies", "baseline");
        merge(told, newer);
        newer.setAll(told);
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
