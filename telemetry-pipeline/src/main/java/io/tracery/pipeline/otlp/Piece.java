package io.tracery.pipeline.otlp;

import io.tracery.pipeline.decide.Facts;
import io.tracery.tracing.otlp.Slices;
import java.io.ByteArrayOutputStream;

/**
 * Spans of one trace that came together, with one resource and one scope, where they stand in the batch with which they came. Confined to one
 * thread.
 */
public final class Piece {

    /** What an object of this costs. */
    private static final int OVERHEAD = 96;

    private final Frame frame;
    private final Source source;
    private final Slices spans;

    /** A batch of which pieces of several traces may be held. It is in memory as long as any of them is. */
    static final class Source {
        private final byte[] bytes;
        private int held;

        Source(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /** @param spans field {@code spans} of a {@code ScopeSpans}, each */
    Piece(Frame frame, Source source, Slices spans) {
        this.frame = frame;
        this.source = source;
        this.spans = spans;
    }

    /** How many spans. */
    public int count() {
        return spans.count();
    }

    /** What it adds to a record, about. */
    public int bytes() {
        return spans.bytes() + frame.bytes();
    }

    /**
     * Says that it is held from now on.
     *
     * @return how many bytes more are held by that, about: the whole batch with its first piece
     */
    public int hold() {
        return source.held++ == 0 ? OVERHEAD + source.bytes.length : OVERHEAD;
    }

    /**
     * Says that it is held no longer.
     *
     * @return how many bytes that frees: those that {@link #hold} said, with the batch's last piece its bytes
     */
    public int release() {
        return --source.held == 0 ? OVERHEAD + source.bytes.length : OVERHEAD;
    }

    Frame frame() {
        return frame;
    }

    /** Bytes of its spans, what stands around them excluded. */
    int spanBytes() {
        return spans.bytes();
    }

    void writeSpans(ByteArrayOutputStream out) {
        for (int i = 0; i < spans.count(); i++) {
            out.write(source.bytes, spans.from(i), spans.length(i));
        }
    }

    /** Tells what matters of its spans for whether their trace is kept. */
    public void tell(Facts facts) {
        SpanFacts reader = new SpanFacts(frame.service(), source.bytes, facts);
        for (int i = 0; i < spans.count(); i++) {
            reader.tell(spans.from(i), spans.from(i) + spans.length(i));
        }
        facts.counted(count(), bytes());
    }
}
