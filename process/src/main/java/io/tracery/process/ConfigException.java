package io.tracery.process;

import java.util.List;

/** Everything that is wrong with a configuration, in one report. */
public final class ConfigException extends RuntimeException {

    private final List<String> problems;

    public ConfigException(String source, List<String> problems) {
        super(source + ":\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One sentence each: where, what, and what to do. */
    public List<String> problems() {
        return problems;
    }
}
