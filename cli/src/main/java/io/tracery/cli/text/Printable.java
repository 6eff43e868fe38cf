package io.tracery.cli.text;

/** Text that others wrote, fit for a terminal: what it holds of control characters would move the cursor or worse. */
public final class Printable {

    private static final char INSTEAD = '\ufffd';

    private Printable() {}

    /** The text, with a replacement character for each control character. */
    public static String of(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder printable = new StringBuilder(text);
        for (int i = 0; i < printable.length(); i++) {
            if (Character.isISOControl(printable.charAt(i))) {
                printable.setCharAt(i, INSTEAD);
            }
        }
        return printable.toString();
    }
}
