package io.tracery.tracing.otlp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attributes that do not change, encoded once: those of a resource or of a metric series. Immutable. */
public final class AttributeSet {

    public static final AttributeSet EMPTY = new AttributeSet(List.of());

    private final List<byte[]> encoded;

    private AttributeSet(List<byte[]> encoded) {
        this.encoded = encoded;
    }

    public static Builder builder() {
        return new Builder();
    }

    public int size() {
        return encoded.size();
    }

    /** These attributes, then another's. */
    public AttributeSet and(AttributeSet more) {
        List<byte[]> both = new ArrayList<>(encoded);
        both.addAll(more.encoded);
        return new AttributeSet(List.copyOf(both));
    }

    void write(ProtoWriter out, int field) {
        for (byte[] keyValue : encoded) {
            out.prefixed(field, keyValue);
        }
    }

    /** Collects attributes in the order in which they will be written; it does not check for double names. */
    public static final class Builder {

        private static final int TAG_BYTES = 1;

        private final List<byte[]> encoded = new ArrayList<>();
        private final ProtoWriter writer = new ProtoWriter(128);

        private Builder() {}

        public Builder put(Key key, String value) {
            AttributeWriter.write(writer, OtlpFields.RESOURCE_ATTRIBUTES, key, value);
            return take();
        }

        public Builder put(Key key, long value) {
            AttributeWriter.write(writer, OtlpFields.RESOURCE_ATTRIBUTES, key, value);
            return take();
        }

        public Builder put(Key key, boolean value) {
            AttributeWriter.write(writer, OtlpFields.RESOURCE_ATTRIBUTES, key, value);
            return take();
        }

        public AttributeSet build() {
            return new AttributeSet(List.copyOf(encoded));
        }

        /** Keeps what was written without its tag, which differs by where the set is used. */
        private Builder take() {
            byte[] tagged = writer.toByteArray();
            writer.reset();
            encoded.add(Arrays.copyOfRange(tagged, TAG_BYTES, tagged.length));
            return this;
        }
    }
}
