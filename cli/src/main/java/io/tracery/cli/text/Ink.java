package io.tracery.cli.text;

import com.fasterxml.jackson.databind.JsonNode;

/** Colour, which says health and nothing else; the same bounds as on the pages. */
public enum Ink {
    PLAIN(0),
    WARNING(33),
    FAILING(31);

    private static final double WARNING_BELOW = 0.99;
    private static final double FAILING_BELOW = 0.95;

    private final int code;

    Ink(int code) {
        this.code = code;
    }

    /** Of a share of success; what is not known is not ill. */
    public static Ink of(JsonNode successShare) {
        double share = successShare.isNumber() ? successShare.asDouble() : 1;
        return share < FAILING_BELOW ? FAILING : share < WARNING_BELOW ? WARNING : PLAIN;
    }

    /** The text in this colour, where there are colours. */
    public String paint(String text, boolean colours) {
        return this == PLAIN || !colours ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
