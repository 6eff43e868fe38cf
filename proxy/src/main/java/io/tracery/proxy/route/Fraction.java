package io.tracery.proxy.route;

import java.util.random.RandomGenerator;

/** A share of requests: {@code numerator} of {@code denominator}. */
public record Fraction(int numerator, int denominator) {

    public static final Fraction ALL = new Fraction(1, 1);

    /** Whether it is this request's turn, by chance. */
    public boolean takes(RandomGenerator random) {
        return numerator >= denominator || (numerator > 0 && random.nextInt(denominator) < numerator);
    }
}
