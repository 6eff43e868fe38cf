package io.tracery.controlplane.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** PEM, the text around DER (RFC 7468), as far as certificates, keys and signing requests need it. */
public final class Pem {

    public static final String CERTIFICATE = "CERTIFICATE";
    public static final String SIGNING_REQUEST = "CERTIFICATE REQUEST";
    public static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final int LINE_CHARACTERS = 64;
    private static final Base64.Encoder ENCODER =
            Base64.getMimeEncoder(LINE_CHARACTERS, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /** One block, with the line end that files want after it. */
    public static String encode(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + ENCODER.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /**
     * The content of the one block that the text holds.
     *
     * @throws IllegalArgumentException when it holds no block of that label, more than one, or no Base64 inside
     */
    public static byte[] decode(String label, String text) {
        String begin = "-----BEGIN " + label + "-----";
        String end = "-----END " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("there is no PEM block \"" + label + "\"");
        }
        if (text.indexOf("-----BEGIN ", from + 1) >= 0) {
            throw new IllegalArgumentException("there is more than one PEM block");
        }
        String body = text.substring(from + begin.length(), to).replaceAll("\\s", "");
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the PEM block \"" + label + "\" is not Base64", e);
        }
    }
}
