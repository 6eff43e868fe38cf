package io.tracery.pipeline.otlp;

import io.tracery.pipeline.decide.Facts;

/** Spans of one trace that came together, with one resource and one scope, as they are on the wire. Immutable. */
public final class Piece {

    /** What an object of this costs beside its bytes. */
    private static final int OVERHEAD = 96;

    private final Frame frame;
    private final byte[] spans;
    private final int count;

    /** @param spans field {@code spans} of a {@code ScopeSpans}, again and again */
    Piece(Frame frame, byte[] spans, int count) {
        this.frame = frame;
        this.spans = spans;
        this.count = count;
    }

    /** How many spans. */
    public int count() {
        return count;
    }

    /** What it adds to a record, about. */
    public int bytes() {
        return spans.length + frame.bytes();
    }

    /** What it takes in memory, about: its frame is shared with others that came along. */
    public int memory() {
        return spans.length + OVERHEAD;
    }

    Frame frame() {
        return frame;
    }

    byte[] spans() {
        return spans;
    }

    /** Tells what matters of its spans for whether their trace is kept. */
    public void tell(Facts facts) {
        SpanFacts.tell(frame.service(), spans, facts);
        facts.counted(count, bytes());
    }
}
