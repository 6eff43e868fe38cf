package io.tracery.controlplane.source;

import io.tracery.process.NearNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A mapping of a YAML document that knows where it stands, and remembers which of its fields were asked for. Problems are
 * collected, not thrown, so that a person hears of all of them at once.
 */
final class Fields {

    private final String file;
    private final String path;
    private final Node node;
    private final List<Problem> problems;
    private final Map<String, NodeTuple> tuples = new LinkedHashMap<>();
    private final TreeSet<String> known = new TreeSet<>();
    private final List<Fields> children = new ArrayList<>();

    Fields(String file, String path, Node node, List<Problem> problems) {
        this.file = file;
        this.path = path;
        this.node = node;
        this.problems = problems;
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key && tuples.put(key.getValue(), tuple) != null) {
                    problem(key.getValue(), "stands here twice");
                }
            }
        } else {
            problems.add(new Problem(file, line(node), path, "must be a mapping of fields to values"));
        }
    }

    private @Nullable Node value(String field) {
        known.add(field);
        NodeTuple tuple = tuples.get(field);
        return tuple == null ? null : tuple.getValueNode();
    }

    boolean has(String field) {
        known.add(field);
        return tuples.containsKey(field);
    }

    /** Empty, and a problem, where there is none. */
    String text(String field) {
        String value = text(field, "");
        if (value.isEmpty()) {
            problem(field, "is missing");
        }
        return value;
    }

    String text(String field, String fallback) {
        Node value = value(field);
        if (value == null) {
            return fallback;
        }
        if (!(value instanceof ScalarNode scalar)) {
            problem(field, "must be a text");
            return fallback;
        }
        return scalar.getValue();
    }

    int number(String field, int fallback, int least, int most) {
        String text = text(field, "");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, with a number that is out of bounds.
        }
        problem(field, "must be a number " + least + ".." + most + ", not \"" + text + "\"");
        return fallback;
    }

    int number(String field, int least, int most) {
        if (!has(field)) {
            problem(field, "is missing");
        }
        return number(field, least, least, most);
    }

    @Nullable
    Fields object(String field) {
        Node value = value(field);
        return value == null ? null : child(at(field), value);
    }

    /** Never null: an empty mapping, and a problem, where there is none. */
    Fields required(String field) {
        Fields object = object(field);
        if (object == null) {
            problem(field, "is missing");
            return new Fields(
                    file, at(field), new MappingNode(node.getTag(), List.of(), FlowStyle.BLOCK), new ArrayList<>());
        }
        return object;
    }

    List<Fields> objects(String field) {
        List<Fields> objects = new ArrayList<>();
        List<Node> elements = elements(field);
        for (int i = 0; i < elements.size(); i++) {
            objects.add(child(at(field) + "[" + i + "]", elements.get(i)));
        }
        return objects;
    }

    /** A list of texts. */
    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        for (Node element : elements(field)) {
            if (element instanceof ScalarNode scalar) {
                texts.add(scalar.getValue());
            } else {
                problem(field, "must be a list of texts");
            }
        }
        return texts;
    }

    private List<Node> elements(String field) {
        Node value = value(field);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof SequenceNode sequence)) {
            problem(field, "must be a list");
            return List.of();
        }
        return sequence.getValue();
    }

    private Fields child(String childPath, Node value) {
        Fields child = new Fields(file, childPath, value, problems);
        children.add(child);
        return child;
    }

    /** Takes a field that means nothing here but is no mistake either. */
    void ignore(String... fields) {
        known.addAll(List.of(fields));
        for (String field : fields) {
            tuples.remove(field);
        }
    }

    void problem(String field, String message) {
        NodeTuple tuple = tuples.get(field);
        problems.add(new Problem(file, line(tuple == null ? node : tuple.getKeyNode()), at(field), message));
    }

    /** Refuses every field here and below that nobody asked for. */
    void refuseOthers() {
        tuples.forEach((field, tuple) -> {
            if (!known.contains(field)) {
                problem(field, "is not a field that this version honours" + NearNames.suggestion(field, known));
            }
        });
        children.forEach(Fields::refuseOthers);
    }

    private String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    static int line(Node node) {
        return node.getStartMark() == null ? 1 : node.getStartMark().getLine() + 1;
    }
}
