package io.tracery.tracing.span;

/** What a span's author thinks of its end; a proxy never claims success for the application, so it never says OK. */
public enum SpanStatus {
    UNSET(0),
    OK(1),
    ERROR(2);

    private final int number;

    SpanStatus(int number) {
        this.number = number;
    }

    /** OTLP's number for the status. */
    public int number() {
        return number;
    }
}
