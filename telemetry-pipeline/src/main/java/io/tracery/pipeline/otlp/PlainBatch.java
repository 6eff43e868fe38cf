package io.tracery.pipeline.otlp;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A batch of spans, an encoded {@code TracesData}, in which everything is as sidecars write it. It is cut by partition where it stands, without
 * making objects of what is only passed on. What is out of the ordinary anywhere in a batch is {@link SpanSplitter}'s, which mends it or says what is wrong.
 */
public final class PlainBatch {

    private static final int RESOURCE_SPANS = 1 << 3 | 2;
    private static final int RESOURCE = 1 << 3 | 2;
    private static final int SCOPE_SPANS = 2 << 3 | 2;
    private static final int SCHEMA_URL = 3 << 3 | 2;
    private static final int SPAN = 2 << 3 | 2;
    private static final int SCOPE = 1 << 3 | 2;

    private static final int RESOURCE_ATTRIBUTE = 1 << 3 | 2;
    private static final int SCOPE_NAME = 1 << 3 | 2;
    private static final int SCOPE_VERSION = 2 << 3 | 2;
    private static final int SCOPE_ATTRIBUTE = 3 << 3 | 2;

    private final byte[] batch;
    private final int mostBytes;
    private final PlainSpan span;
    private final ByteArrayOutputStream[] partitions;
    private int spans;

    /** Where something stands. */
    private record Range(int from, int to) {
        static final Range NOTHING = new Range(0, 0);

        int length() {
            return to - from;
        }
    }

    private PlainBatch(byte[] batch, Bounds bounds, Instant now) {
        this.batch = batch;
        this.mostBytes = bounds.bytes;
        this.span = new PlainSpan(
                batch, TimeUnit.MILLISECONDS.toNanos(now.plus(SpanMender.FUTURE).toEpochMilli()));
        this.partitions = new ByteArrayOutputStream[bounds.partitions];
    }

    /**
     * How it is cut.
     *
     * @param partitions that traces are spread over
     * @param bytes of one part at most
     */
    public record Bounds(int partitions, int bytes) {}

    /** Cuts a batch; null where it is not plain. */
    public static @Nullable PlainBatch cut(byte[] batch, Bounds bounds, Instant now) {
        PlainBatch plain = new PlainBatch(batch, bounds, now);
        try {
            return plain.all() ? plain : null;
        } catch (IllegalStateException broken) {
            return null;
        }
    }

    /** How many spans there were. */
    public int spans() {
        return spans;
    }

    /** What goes to a partition, {@code TracesData}; null where nothing does. */
    public byte @Nullable [] partition(int number) {
        ByteArrayOutputStream part = partitions[number];
        return part == null ? null : part.toByteArray();
    }

    private boolean all() {
        Wire wire = new Wire(batch, 0, batch.length);
        while (wire.more()) {
            if (wire.tag() != RESOURCE_SPANS) {
                return false;
            }
            int limit = wire.limit();
            if (!resourceSpans(wire.at(), limit)) {
                return false;
            }
            wire.move(limit, batch.length);
        }
        for (ByteArrayOutputStream part : partitions) {
            if (part != null && part.size() > mostBytes) {
                return false;
            }
        }
        return true;
    }

    private boolean resourceSpans(int from, int to) {
        Range resource = Range.NOTHING;
        Range schema = Range.NOTHING;
        List<Range> scopes = new ArrayList<>(1);
        Wire wire = new Wire(batch, from, to);
        while (wire.more()) {
            int start = wire.at();
            int tag = wire.tag();
            if (tag != RESOURCE && tag != SCOPE_SPANS && tag != SCHEMA_URL) {
                return false;
            }
            int limit = wire.limit();
            if (tag == SCOPE_SPANS) {
                scopes.add(new Range(wire.at(), limit));
            } else if (tag == RESOURCE && resource.length() == 0 && resource(wire.at(), limit)) {
                resource = new Range(start, limit);
            } else if (tag == SCHEMA_URL && schema.length() == 0 && wire.ascii(limit)) {
                schema = new Range(start, limit);
            } else {
                return false;
            }
            wire.move(limit, to);
        }
        for (Range scope : scopes) {
            if (!scopeSpans(resource, schema, scope)) {
                return false;
            }
        }
        return true;
    }

    private boolean resource(int from, int to) {
        Wire wire = new Wire(batch, from, to);
        while (wire.more()) {
            if (wire.tag() != RESOURCE_ATTRIBUTE || !PlainText.attribute(wire)) {
                return false;
            }
        }
        return true;
    }

    private boolean scope(int from, int to) {
        Wire wire = new Wire(batch, from, to);
        while (wire.more()) {
            boolean plain = switch (wire.tag()) {
                case SCOPE_NAME, SCOPE_VERSION -> PlainText.within(wire, SpanMender.MOST_TEXT);
                case SCOPE_ATTRIBUTE -> PlainText.attribute(wire);
                default -> false;
            };
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    private boolean scopeSpans(Range resource, Range schema, Range whole) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(64);
        ByteArrayOutputStream[] parts = new ByteArrayOutputStream[partitions.length];
        boolean hasScope = false;
        Wire wire = new Wire(batch, whole.from, whole.to);
        while (wire.more()) {
            int start = wire.at();
            int tag = wire.tag();
            if (tag != SPAN && tag != SCOPE && tag != SCHEMA_URL) {
                return false;
            }
            int limit = wire.limit();
            if (tag == SPAN) {
                if (!span.read(wire.at(), limit)) {
                    return false;
                }
                spans++;
                part(parts, span.trace().partition(parts.length)).write(batch, start, limit - start);
            } else if (tag == SCOPE ? !hasScope && scope(wire.at(), limit) : wire.ascii(limit)) {
                hasScope |= tag == SCOPE;
                frame.write(batch, start, limit - start);
            } else {
                return false;
            }
            wire.move(limit, whole.to);
        }
        for (int i = 0; i < parts.length; i++) {
            ByteArrayOutputStream part = parts[i];
            if (part != null) {
                put(part(partitions, i), resource, schema, new byte[][] {frame.toByteArray(), part.toByteArray()});
            }
        }
        return true;
    }

    private ByteArrayOutputStream part(ByteArrayOutputStream[] of, int number) {
        if (of[number] == null) {
            of[number] = new ByteArrayOutputStream(batch.length / of.length + 512);
        }
        return of[number];
    }

    /** One more {@code ResourceSpans} of one scope. */
    private void put(ByteArrayOutputStream out, Range resource, Range schema, byte[][] scopeSpans) {
        int length = scopeSpans[0].length + scopeSpans[1].length;
        Wire.length(out, RESOURCE_SPANS, resource.length() + Wire.size(length) + schema.length());
        out.write(batch, resource.from, resource.length());
        Wire.length(out, SCOPE_SPANS, length);
        out.writeBytes(scopeSpans[0]);
        out.writeBytes(scopeSpans[1]);
        out.write(batch, schema.from, schema.length());
    }
}
