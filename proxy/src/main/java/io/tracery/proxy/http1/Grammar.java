package io.tracery.proxy.http1;

/** Which bytes may stand where in a head (RFC 9110 section 5, RFC 9112 sections 2 to 5). One table look-up a byte. */
public final class Grammar {

    private static final byte TOKEN = 1;
    private static final byte VALUE = 2;
    private static final byte TARGET = 4;

    private static final byte[] CLASSES = classes();
    private static final byte[] LOWER = lower();

    private Grammar() {}

    /** A byte of a method or a field's name. */
    public static boolean token(byte b) {
        return (CLASSES[b & 0xff] & TOKEN) != 0;
    }

    /** A byte within a field's value: visible, space, tab, or beyond ASCII, which is opaque. */
    public static boolean value(byte b) {
        return (CLASSES[b & 0xff] & VALUE) != 0;
    }

    /** A byte of a request's target: visible ASCII. Which of them a URI allows is the server's to judge. */
    public static boolean target(byte b) {
        return (CLASSES[b & 0xff] & TARGET) != 0;
    }

    /** What may stand around a field's value and is none of it. */
    static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }

    public static byte lower(byte b) {
        return LOWER[b & 0xff];
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int b = 0x21; b <= 0x7e; b++) {
            classes[b] = TARGET | VALUE;
            if (Character.isLetterOrDigit(b) || "!#$%&'*+-.^_`|~".indexOf(b) >= 0) {
                classes[b] |= TOKEN;
            }
        }
        for (int b = 0x80; b <= 0xff; b++) {
            classes[b] = VALUE;
        }
        classes[' '] = VALUE;
        classes['\t'] = VALUE;
        return classes;
    }

    private static byte[] lower() {
        byte[] lower = new byte[256];
        for (int b = 0; b < 256; b++) {
            lower[b] = (byte) (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
        }
        return lower;
    }
}
