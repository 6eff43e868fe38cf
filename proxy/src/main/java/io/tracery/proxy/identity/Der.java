package io.tracery.proxy.identity;

import java.io.ByteArrayOutputStream;

/** As much of DER (X.690) as a signing request needs: values are put together from the inside out. */
final class Der {

    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    /** The longest length that stands in the length octet itself. */
    private static final int SHORT_LENGTH = 0x7f;

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return tagged(SEQUENCE, parts);
    }

    /** A set of one; more would have to be sorted. */
    static byte[] setOf(byte[] only) {
        return tagged(SET, only);
    }

    /** @param value 0 to 127 */
    static byte[] integer(int value) {
        return tagged(INTEGER, new byte[] {(byte) value});
    }

    static byte[] bitString(byte[] bytes) {
        return tagged(BIT_STRING, new byte[] {0}, bytes);
    }

    static byte[] octetString(byte[] bytes) {
        return tagged(OCTET_STRING, bytes);
    }

    /** Each arc after the second as base 128, high bit set on all octets but the last; the first two share an octet. */
    static byte[] objectIdentifier(int... arcs) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            int octets = Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(arcs[i]) + 6) / 7);
            for (int octet = octets - 1; octet >= 0; octet--) {
                int digit = (arcs[i] >>> (7 * octet)) & 0x7f;
                content.write(octet == 0 ? digit : digit | 0x80);
            }
        }
        return tagged(OBJECT_IDENTIFIER, content.toByteArray());
    }

    static byte[] tagged(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length <= SHORT_LENGTH) {
            out.write(length);
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | octets);
            for (int octet = octets - 1; octet >= 0; octet--) {
                out.write(length >>> (8 * octet));
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
