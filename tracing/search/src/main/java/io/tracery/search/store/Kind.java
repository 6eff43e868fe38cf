package io.tracery.search.store;

import io.opentelemetry.proto.trace.v1.Span;
import java.util.Locale;
import java.util.Optional;

/** OTLP's span kinds, with the names that Jaeger gives them. */
public enum Kind {
    UNSPECIFIED('u'),
    INTERNAL('i'),
    SERVER('s'),
    CLIENT('c'),
    PRODUCER('p'),
    CONSUMER('n');

    private final char code;

    private final String label = name().equals("UNSPECIFIED") ? "" : name().toLowerCase(Locale.ROOT);

    private final long labelHash = TextHash.of(label);

    Kind(char code) {
        this.code = code;
    }

    /** The kind in an index that is already written; never changes. */
    char code() {
        return code;
    }

    static Kind coded(char code) {
        for (Kind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalStateException("no kind of span has the code " + code);
    }

    /** {@code server} and so on; empty for a span that does not say. */
    public String label() {
        return label;
    }

    /** {@link TextHash} of the label. */
    long labelHash() {
        return labelHash;
    }

    /** The kind with OTLP's number. */
    static Kind numbered(int otlp) {
        Span.SpanKind kind = Span.SpanKind.forNumber(otlp);
        return kind == null ? UNSPECIFIED : of(kind);
    }

    public static Kind of(Span span) {
        return of(span.getKind());
    }

    private static Kind of(Span.SpanKind kind) {
        return switch (kind) {
            case SPAN_KIND_INTERNAL -> INTERNAL;
            case SPAN_KIND_SERVER -> SERVER;
            case SPAN_KIND_CLIENT -> CLIENT;
            case SPAN_KIND_PRODUCER -> PRODUCER;
            case SPAN_KIND_CONSUMER -> CONSUMER;
            case SPAN_KIND_UNSPECIFIED, UNRECOGNIZED -> UNSPECIFIED;
        };
    }

    /** The kind with a label; empty when no kind is called that. */
    public static Optional<Kind> labelled(String label) {
        for (Kind kind : values()) {
            if (kind.label.equals(label)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
