package io.tracery.load.lab.load;

import java.util.HashMap;
import java.util.Map;

/** Arguments of the lab's own generators, which only the lab starts: pairs of {@code --name value}. */
record Arguments(Map<String, String> values) {

    static Arguments of(String[] args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            values.put(args[i].substring(2), args[i + 1]);
        }
        return new Arguments(values);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is needed");
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }
}
