package io.tracery.pipeline.otlp;

import io.tracery.tracing.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What stands around spans: their resource and their scope, as they are on the wire. Immutable. */
final class Frame {

    private static final int ATTRIBUTES = 1;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int STRING = 1;
    private static final byte[] NAME = bytes(Vocabulary.SERVICE_NAME);
    private static final byte[] NAMESPACE = bytes(Vocabulary.SERVICE_NAMESPACE);
    private static final byte[] KEEP_REASON = bytes(Vocabulary.KEEP_REASON);

    private final byte[] resource;
    private final byte[] ofResource;
    private final byte[] ofScope;
    private final String service;

    private Frame(byte[] resource, byte[] ofResource, byte[] ofScope, String service) {
        this.resource = resource;
        this.ofResource = ofResource;
        this.ofScope = ofScope;
        this.service = service;
    }

    /** Fields of the {@code Resource}, without why its trace was kept. */
    byte[] resource() {
        return resource;
    }

    /** Other fields of the {@code ResourceSpans}. */
    byte[] ofResource() {
        return ofResource;
    }

    /** Fields of the {@code ScopeSpans}, without its spans. */
    byte[] ofScope() {
        return ofScope;
    }

    /** {@code namespace/name}, or the name alone. */
    String service() {
        return service;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    int bytes() {
        return resource.length + ofResource.length + ofScope.length;
    }

    /**
     * @param body of a {@code Resource}
     * @param ofResource other fields of the {@code ResourceSpans}
     * @param ofScope fields of the {@code ScopeSpans}, without its spans
     */
    static Frame of(byte[] body, byte[] ofResource, byte[] ofScope) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(body.length);
        String name = "";
        String namespace = "";
        Wire wire = new Wire(body, 0, body.length);
        while (wire.more()) {
            int from = wire.at();
            int tag = wire.tag();
            if (Wire.field(tag) == ATTRIBUTES && Wire.delimited(tag)) {
                int to = wire.limit();
                if (has(new Wire(body, wire.at(), to), KEEP_REASON)) {
                    from = to;
                } else if (has(new Wire(body, wire.at(), to), NAME)) {
                    name = text(new Wire(body, wire.at(), to));
                } else if (has(new Wire(body, wire.at(), to), NAMESPACE)) {
                    namespace = text(new Wire(body, wire.at(), to));
                }
                wire.move(to, wire.end());
            } else {
                wire.skip(tag);
            }
            kept.write(body, from, wire.at() - from);
        }
        return new Frame(kept.toByteArray(), ofResource, ofScope, namespace.isEmpty() ? name : namespace + "/" + name);
    }

    private static boolean has(Wire attribute, byte[] key) {
        while (attribute.more()) {
            int tag = attribute.tag();
            if (Wire.field(tag) == KEY && Wire.delimited(tag)) {
                return attribute.is(key, attribute.limit());
            }
            attribute.skip(tag);
        }
        return false;
    }

    private static String text(Wire attribute) {
        while (attribute.more()) {
            int tag = attribute.tag();
            if (Wire.field(tag) != VALUE || !Wire.delimited(tag)) {
                attribute.skip(tag);
                continue;
            }
            int to = attribute.limit();
            attribute.move(attribute.at(), to);
            while (attribute.more()) {
                int kind = attribute.tag();
                if (Wire.field(kind) == STRING && Wire.delimited(kind)) {
                    return attribute.text(attribute.limit());
                }
                attribute.skip(kind);
            }
        }
        return "";
    }
}
