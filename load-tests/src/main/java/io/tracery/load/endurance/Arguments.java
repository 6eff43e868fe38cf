package io.tracery.load.endurance;

import java.util.ArrayList;
import java.util.List;

/** The words behind a {@code main}: those that are asked for are taken out, and what is left over is refused by name. */
public final class Arguments {

    private static final int USAGE = 64;

    private final List<String> rest;

    public Arguments(List<String> words) {
        this.rest = new ArrayList<>(words);
    }

    public boolean flag(String name) {
        return rest.remove(name);
    }

    /** @throws IllegalArgumentException where no positive number follows */
    public double number(String name, double otherwise) {
        int index = rest.indexOf(name);
        if (index < 0) {
            return otherwise;
        }
        rest.remove(index);
        String value = index < rest.size() ? rest.remove(index) : "";
        try {
            double number = Double.parseDouble(value);
            if (number > 0 && number < Long.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, as a number that is not positive.
        }
        throw new IllegalArgumentException(name + " needs a positive number, not \"" + value + "\"");
    }

    /** @throws IllegalArgumentException where nothing follows */
    public String text(String name, String otherwise) {
        int index = rest.indexOf(name);
        if (index < 0) {
            return otherwise;
        }
        rest.remove(index);
        if (index == rest.size()) {
            throw new IllegalArgumentException(name + " needs a word behind it");
        }
        return rest.remove(index);
    }

    /** @throws IllegalArgumentException naming what nobody asked for */
    public void end() {
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + String.join(" ", rest));
        }
    }

    /** Tells what was wrong, and ends the process as a usage error ends it. */
    public static void refuse(IllegalArgumentException problem, String usage) {
        System.err.println(problem.getMessage() + "\n" + usage);
        System.exit(USAGE);
    }
}
