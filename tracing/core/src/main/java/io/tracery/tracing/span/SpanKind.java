package io.tracery.tracing.span;

/** Which part its author played in the exchange that a span describes. */
public enum SpanKind {
    INTERNAL(1),
    SERVER(2),
    CLIENT(3);

    private final int number;

    SpanKind(int number) {
        this.number = number;
    }

    /** OTLP's number for the kind. */
    public int number() {
        return number;
    }
}
