package io.tracery.tracing.otlp;

/**
 * Part of a span as it is on the wire, with blanks for what differs from span to span. Made by {@link TracesEncoder#template},
 * written by {@link TracesEncoder#write}. Immutable.
 */
public final class Template {

    private final byte[] bytes;
    private final int[] blanks;

    Template(byte[] bytes, int[] blanks) {
        this.bytes = bytes;
        this.blanks = blanks;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where a blank is, from the template's beginning. */
    int blank(int number) {
        return blanks[number];
    }

    public int size() {
        return bytes.length;
    }
}
