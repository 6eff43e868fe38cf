package io.tracery.tracing.otlp;

/** An attribute's name, encoded once. Keys are constants of whoever writes attributes. */
public final class Key {

    private final String name;
    private final byte[] encoded;

    private Key(String name) {
        this.name = name;
        ProtoWriter writer = new ProtoWriter(name.length() + 8);
        writer.string(OtlpFields.KEY_VALUE_KEY, name);
        this.encoded = writer.toByteArray();
    }

    public static Key of(String name) {
        return new Key(name);
    }

    public String name() {
        return name;
    }

    /** The field {@code key} of a {@code KeyValue}. Not to be written to. */
    byte[] encoded() {
        return encoded;
    }

    @Override
    public String toString() {
        return name;
    }
}
