package io.tracery.load.endurance;

import java.util.ArrayList;
import java.util.List;

/** The words behind a {@code main}: those that are asked for are taken out, and what is left over is refused by name. */
final class Arguments {

    private static final int USAGE = 64;

    private final List<String> rest;

    Arguments(List<String> words) {
        this.rest = new ArrayList<>(words);
    }

    boolean flag(String name) {
        return rest.remove(name);
    }

    /** @throws IllegalArgumentException where no positive number follows */
    double number(String name, double otherwise) {
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

    /** @throws IllegalArgumentException naming what nobody asked for */
    void end() {
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + String.join(" ", rest));
        }
    }

    /** Tells what was wrong, and ends the process as a usage error ends it. */
    static void refuse(IllegalArgumentException problem, String usage) {
        System.err.println(problem.getMessage() + "\n" + usage);
        System.exit(USAGE);
    }
}
