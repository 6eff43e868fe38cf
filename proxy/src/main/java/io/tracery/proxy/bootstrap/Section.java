package io.tracery.proxy.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import io.tracery.process.NearNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A mapping of the bootstrap that remembers what was read from it, so that what nobody read can be refused. */
final class Section {

    private final String path;
    private final JsonNode node;
    private final List<String> problems;
    private final Set<String> known = new TreeSet<>();
    private final List<Section> children = new ArrayList<>();

    Section(String path, JsonNode node, List<String> problems) {
        this.path = path;
        this.node = node;
        this.problems = problems;
        if (!node.isObject()) {
            problems.add((path.isEmpty() ? "the bootstrap" : path) + " must be a mapping");
        }
    }

    /** Empty, and a problem, where there is none. */
    String text(String key) {
        String value = text(key, "");
        if (value.isEmpty()) {
            problems.add(at(key) + " is missing");
        }
        return value;
    }

    String text(String key, String fallback) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return fallback;
        }
        if (!value.isValueNode()) {
            problems.add(at(key) + " must be a text");
            return fallback;
        }
        return value.asText();
    }

    int number(String key, int fallback, int least, int most) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return fallback;
        }
        if (!value.canConvertToInt() || value.asInt() < least || value.asInt() > most) {
            problems.add(at(key) + " must be " + least + ".." + most + ", not " + value);
            return fallback;
        }
        return value.asInt();
    }

    @Nullable
    Section section(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return null;
        }
        Section child = new Section(at(key), value, problems);
        children.add(child);
        return child;
    }

    /** The mappings of a list, empty where there is none. */
    List<Section> sections(String key) {
        List<JsonNode> elements = elements(key);
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            sections.add(new Section(at(key) + "[" + i + "]", elements.get(i), problems));
        }
        children.addAll(sections);
        return sections;
    }

    /** Takes a key as read, whatever is below it. */
    void accept(String key) {
        known.add(key);
    }

    /** All of it, which counts as read: who asks looks for unknown fields himself. */
    String json() {
        node.fieldNames().forEachRemaining(known::add);
        return node.toString();
    }

    /** The raw elements of a list, empty where there is none. */
    List<JsonNode> elements(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            problems.add(at(key) + " must be a list");
            return List.of();
        }
        List<JsonNode> elements = new ArrayList<>();
        value.forEach(elements::add);
        return elements;
    }

    void problem(String key, String what) {
        problems.add(at(key) + " " + what);
    }

    void problem(String what) {
        problems.add(path + " " + what);
    }

    /** Names every key here and below that nobody has read. */
    void refuseUnread() {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                problems.add(at(key) + " is not known here" + NearNames.suggestion(key, known));
            }
        });
        children.forEach(Section::refuseUnread);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
