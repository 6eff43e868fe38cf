package io.tracery.cli.demo;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What a person sees: one line per step, which says how long it took. On a terminal the line of the step under way is
 * rewritten in place, elsewhere only finished steps are printed. Methods may be called from any thread.
 */
public final class Terminal {

    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream out;
    private final boolean interactive;
    private final boolean colours;

    /** The text of the step under way; empty when none is. */
    private String open = "";

    /** @param interactive true when a person's terminal shows the stream */
    public Terminal(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
        this.colours = interactive && System.getenv("NO_COLOR") == null;
    }

    /** A piece of work that may fail in its own way. */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T run() throws E;
    }

    /** Does one step of the work and says how it went and how long it took. */
    public <T, E extends Exception> T step(String name, Work<T, E> work) throws E {
        long began = System.nanoTime();
        progress(name);
        boolean done = false;
        try {
            T result = work.run();
            done = true;
            return result;
        } finally {
            finish(done ? colour("✓", 32) : colour("✗", 31), name, began);
        }
    }

    /** Says how far the step under way has come; seen on a terminal only. */
    public synchronized void progress(String text) {
        open = text;
        if (interactive) {
            out.print(ERASE_LINE + colour("…", 36) + " " + text);
            out.flush();
        }
    }

    /** A line of its own, above the step under way. */
    public synchronized void line(String text) {
        if (interactive && !open.isEmpty()) {
            out.print(ERASE_LINE);
        }
        out.println(text);
        if (!open.isEmpty()) {
            progress(open);
        }
    }

    /** A line that says that something went wrong. */
    public void problem(String text) {
        line(colour("✗ ", 31) + text);
    }

    /** Emphasised where there are colours. */
    public String bold(String text) {
        return colour(text, 1);
    }

    /** Set back where there are colours. */
    public String faint(String text) {
        return colour(text, 2);
    }

    private synchronized void finish(String mark, String name, long began) {
        open = "";
        String took = String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - began) / 1e9);
        out.println((interactive ? ERASE_LINE : "") + mark + " " + String.format("%-64s", name) + " " + faint(took));
        out.flush();
    }

    private String colour(String text, int code) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
