package io.tracery.controlplane.source;

/**
 * Something wrong in a file of the mesh configuration.
 *
 * @param file name within the folder
 * @param line from 1
 * @param field path of the field, {@code spec.rules[0].matches}, empty where the whole document is meant
 * @param message what is wrong and what to do
 */
public record Problem(String file, int line, String field, String message) {

    @Override
    public String toString() {
        return file + ":" + line + ": " + (field.isEmpty() ? "" : field + ": ") + message;
    }
}
