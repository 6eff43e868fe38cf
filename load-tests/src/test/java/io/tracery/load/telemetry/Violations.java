package io.tracery.load.telemetry;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was found wrong, each once, in words. */
final class Violations {

    private final Set<String> all = new TreeSet<>();

    Set<String> all() {
        return all;
    }

    void add(String violation) {
        all.add(violation);
    }

    void require(boolean holds, String otherwise) {
        if (!holds) {
            all.add(otherwise);
        }
    }

    /** Looks at each attribute by itself, and gives them by key. */
    Map<String, AnyValue> attributes(String where, List<KeyValue> attributes) {
        Map<String, AnyValue> byKey = new TreeMap<>();
        for (KeyValue attribute : attributes) {
            String key = attribute.getKey();
            require(byKey.put(key, attribute.getValue()) == null, where + " says " + key + " twice");
            String problem = AttributeRules.problem(key, attribute.getValue());
            require(problem.isEmpty(), where + ": " + problem);
        }
        return byKey;
    }
}
