package io.tracery.cli.text;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What the output goes to.
 *
 * @param terminal whether a person's terminal shows it
 * @param colours whether that terminal is to be coloured ({@code NO_COLOR} asks for none)
 * @param columns how wide it is; without a terminal, as wide as it needs
 * @param lines how high it is
 */
public record Screen(boolean terminal, boolean colours, int columns, int lines) {

    /** A file or a pipe, which has no width. */
    public static final Screen PLAIN = new Screen(false, false, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_LINES = 24;

    /** The one that standard output goes to now. */
    public static Screen find() {
        if (!Boolean.getBoolean("tracery.tty.out")) {
            return PLAIN;
        }
        boolean colours = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        int[] size = size();
        return new Screen(true, colours, size[1], size[0]);
    }

    /** Lines and columns as {@code stty} tells them; the usual ones where it does not. */
    private static int[] size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] told = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ", -1);
            if (stty.waitFor(1, TimeUnit.SECONDS) && told.length == 2) {
                int lines = Integer.parseInt(told[0]);
                int columns = Integer.parseInt(told[1]);
                if (lines > 0 && columns > 0) {
                    return new int[] {lines, columns};
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Nobody tells; then the usual size.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new int[] {USUAL_LINES, USUAL_COLUMNS};
    }
}
