package io.tracery.pipeline.otlp;

/** Text and attributes as sidecars write them, looked at where they stand: short, ASCII, of one plain value. */
final class PlainText {

    private static final int KEY = 1 << 3 | 2;
    private static final int VALUE = 2 << 3 | 2;

    // Kinds of an AnyValue.
    private static final int STRING = 1 << 3 | 2;
    private static final int BOOL = 2 << 3;
    private static final int INT = 3 << 3;
    private static final int DOUBLE = 4 << 3 | 1;

    private PlainText() {}

    /** Whether text of at most so many characters follows; reads on behind it. */
    static boolean within(Wire wire, int most) {
        int limit = wire.limit();
        return limit - wire.at() <= most && wire.ascii(limit);
    }

    /** Whether an attribute with a value follows that is text, a number or a truth; reads on behind it. */
    static boolean attribute(Wire wire) {
        int end = wire.end();
        int limit = wire.limit();
        if (limit - wire.at() > SpanMender.MOST_TEXT) {
            return false;
        }
        wire.move(wire.at(), limit);
        boolean plain = wire.tag() == KEY
                && within(wire, SpanMender.MOST_NAME)
                && wire.tag() == VALUE
                && wire.limit() == limit
                && value(wire)
                && !wire.more();
        wire.move(limit, end);
        return plain;
    }

    private static boolean value(Wire wire) {
        int tag = wire.tag();
        return switch (tag) {
            case STRING -> within(wire, SpanMender.MOST_TEXT);
            case BOOL, INT, DOUBLE -> {
                wire.skip(tag);
                yield true;
            }
            default -> false;
        };
    }
}
