package io.tracery.pipeline.otlp;

import io.tracery.pipeline.decide.Facts;
import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.nio.charset.StandardCharsets;

/** Finds in spans, the mesh's and applications' own, what matters for whether their trace is kept. Confined to one thread. */
final class SpanFacts {

    /** The member of {@code tracestate} by which a client asks for its trace to be kept. */
    private static final String MARK = "tracery=keep";

    /** The same as an entry of baggage, which SDKs copy onto spans as an attribute. */
    private static final byte[] MARK_KEY = bytes("tracery");

    private static final byte[] MARK_VALUE = bytes("keep");

    // Fields with their types: of another type they may be there too, as fields that protobuf does not know.
    private static final int TRACE_STATE = 3 << 3 | 2;
    private static final int PARENT_SPAN_ID = 4 << 3 | 2;
    private static final int NAME = 5 << 3 | 2;
    private static final int KIND = 6 << 3;
    private static final int START = 7 << 3 | 1;
    private static final int END = 8 << 3 | 1;
    private static final int ATTRIBUTES = 9 << 3 | 2;
    private static final int STATUS = 15 << 3 | 2;

    private static final int STATUS_CODE = 3 << 3;
    private static final int KEY = 1 << 3 | 2;
    private static final int VALUE = 2 << 3 | 2;
    private static final int STRING_VALUE = 1 << 3 | 2;
    private static final int INT_VALUE = 3 << 3;

    private static final int KIND_SERVER = 2;
    private static final int KIND_CONSUMER = 5;
    private static final int CODE_ERROR = 2;

    private static final byte[] FATE = bytes(Vocabulary.FATE);
    private static final byte[] SERVED = bytes(Fate.SERVED.label());
    private static final byte[] ATTEMPTS = bytes(Vocabulary.ATTEMPTS);
    private static final byte[] INTERVENTION = bytes(Vocabulary.INTERVENTION);
    private static final byte[] PEER_NAME = bytes(Vocabulary.PEER_NAME);
    private static final byte[] PEER_NAMESPACE = bytes(Vocabulary.PEER_NAMESPACE);

    private final Wire wire;
    private final String service;
    private final Facts facts;
    private long start;
    private long end;
    private int kind;
    private boolean child;
    private String name = "";
    private String peer = "";
    private String peerNamespace = "";

    /** @param batch in which the spans stand that it is asked to read */
    SpanFacts(String service, byte[] batch, Facts facts) {
        this.wire = new Wire(batch, 0, 0);
        this.service = service;
        this.facts = facts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the field {@code spans} of a {@code ScopeSpans} that stands there. */
    void tell(int from, int to) {
        wire.move(from, to);
        wire.tag();
        int end = wire.limit();
        wire.move(wire.at(), end);
        span();
    }

    private void span() {
        start = 0;
        end = 0;
        kind = 0;
        child = false;
        name = "";
        peer = "";
        peerNamespace = "";
        int nameFrom = 0;
        int nameTo = 0;
        int spanEnd = wire.end();
        while (wire.more()) {
            int tag = wire.tag();
            switch (tag) {
                case TRACE_STATE -> {
                    if (marked(wire.text(wire.limit()))) {
                        facts.marked();
                    }
                }
                case PARENT_SPAN_ID -> {
                    int to = wire.limit();
                    child |= to > wire.at();
                    wire.move(to, spanEnd);
                }
                case NAME -> {
                    nameTo = wire.limit();
                    nameFrom = wire.at();
                    wire.move(nameTo, spanEnd);
                }
                case KIND -> kind = (int) wire.varint();
                case START -> start = wire.fixed64();
                case END -> end = wire.fixed64();
                case ATTRIBUTES -> {
                    int to = wire.limit();
                    wire.move(wire.at(), to);
                    attribute();
                    wire.move(to, spanEnd);
                }
                case STATUS -> {
                    int to = wire.limit();
                    wire.move(wire.at(), to);
                    status();
                    wire.move(to, spanEnd);
                }
                default -> wire.skip(tag);
            }
        }
        if (kind == KIND_SERVER || kind == KIND_CONSUMER) {
            wire.move(nameFrom, nameTo);
            name = wire.text(nameTo);
        }
        conclude();
    }

    private void conclude() {
        if (!child) {
            facts.root(end);
        }
        if (kind == KIND_SERVER || kind == KIND_CONSUMER) {
            facts.endpoint(service, name, end - start);
        } else if (!peer.isEmpty()) {
            facts.edge(service, peerNamespace.isEmpty() ? peer : peerNamespace + "/" + peer);
        }
    }

    private void status() {
        while (wire.more()) {
            int tag = wire.tag();
            if (tag == STATUS_CODE) {
                if (wire.varint() == CODE_ERROR) {
                    facts.error();
                }
            } else {
                wire.skip(tag);
            }
        }
    }

    /** Keys come before values, as everyone writes them; where they do not, it is not one of ours. */
    private void attribute() {
        int to = wire.end();
        if (!wire.more() || wire.tag() != KEY) {
            return;
        }
        int keyEnd = wire.limit();
        if (wire.is(FATE, keyEnd)) {
            value(keyEnd, to, STRING_VALUE);
            if (!wire.is(SERVED, wire.end())) {
                facts.error();
            }
        } else if (wire.is(ATTEMPTS, keyEnd)) {
            value(keyEnd, to, INT_VALUE);
            if (wire.more() && wire.varint() > 1) {
                facts.intervened();
            }
        } else if (wire.is(INTERVENTION, keyEnd)) {
            facts.intervened();
        } else if (wire.is(MARK_KEY, keyEnd)) {
            value(keyEnd, to, STRING_VALUE);
            if (wire.is(MARK_VALUE, wire.end())) {
                facts.marked();
            }
        } else if (wire.is(PEER_NAME, keyEnd)) {
            value(keyEnd, to, STRING_VALUE);
            peer = wire.text(wire.end());
        } else if (wire.is(PEER_NAMESPACE, keyEnd)) {
            value(keyEnd, to, STRING_VALUE);
            peerNamespace = wire.text(wire.end());
        }
    }

    /** Moves to the value of an attribute, of nothing where it is of another kind. */
    private void value(int from, int to, int wanted) {
        wire.move(from, to);
        while (wire.more()) {
            int tag = wire.tag();
            if (tag != VALUE) {
                wire.skip(tag);
                continue;
            }
            int end = wire.limit();
            wire.move(wire.at(), end);
            while (wire.more()) {
                int kind = wire.tag();
                if (kind == wanted) {
                    int valueEnd = Wire.delimited(kind) ? wire.limit() : end;
                    wire.move(wire.at(), valueEnd);
                    return;
                }
                wire.skip(kind);
            }
        }
    }

    private static boolean marked(String tracestate) {
        if (!tracestate.contains(MARK)) {
            return false;
        }
        for (String member : tracestate.split(",", -1)) {
            if (member.strip().equals(MARK)) {
                return true;
            }
        }
        return false;
    }
}
