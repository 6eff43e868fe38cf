package io.tracery.proxy.http1;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The few fields that were set on a head after it was read. Checked when they are written. */
final class AddedFields {

    private static final int PAIR = 2;

    /** Names and values in turn. */
    private final List<CharSequence> pairs = new ArrayList<>(2 * PAIR);

    int size() {
        return pairs.size() / PAIR;
    }

    /** The next field of that name from {@code from} on, or -1. */
    int find(CharSequence name, int from) {
        for (int at = from * PAIR; at < pairs.size(); at += PAIR) {
            if (AsciiString.contentEqualsIgnoreCase(pairs.get(at), name)) {
                return at / PAIR;
            }
        }
        return -1;
    }

    String value(int field) {
        return pairs.get(field * PAIR + 1).toString();
    }

    void add(CharSequence name, CharSequence value) {
        pairs.add(name);
        pairs.add(value);
    }

    void remove(CharSequence name) {
        for (int field = find(name, 0); field >= 0; field = find(name, field)) {
            pairs.subList(field * PAIR, (field + 1) * PAIR).clear();
        }
    }

    void addTo(List<Map.Entry<CharSequence, CharSequence>> all) {
        for (int at = 0; at < pairs.size(); at += PAIR) {
            all.add(Map.entry(pairs.get(at), pairs.get(at + 1)));
        }
    }

    void sendTo(HeadFields.Sink sink) {
        for (int at = 0; at < pairs.size(); at += PAIR) {
            sink.field(pairs.get(at), pairs.get(at + 1));
        }
    }

    void writeTo(HeadWriter out) {
        for (int at = 0; at < pairs.size(); at += PAIR) {
            out.field(pairs.get(at), pairs.get(at + 1));
        }
    }
}
