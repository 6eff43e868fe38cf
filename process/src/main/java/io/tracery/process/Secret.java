package io.tracery.process;

import com.fasterxml.jackson.annotation.JsonCreator;

/** A value that must not reach a log, a page or a configuration dump. */
public record Secret(String value) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Secret {}

    @Override
    public String toString() {
        return "***";
    }
}
