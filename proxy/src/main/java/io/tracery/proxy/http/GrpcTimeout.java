package io.tracery.proxy.http;

import org.jspecify.annotations.Nullable;

/** The header {@code grpc-timeout}: at most eight digits and a unit (gRPC over HTTP/2, "Timeout"). */
final class GrpcTimeout {

    static final String HEADER = "grpc-timeout";

    /** There is none, or what there is cannot be read. */
    static final long NONE = -1;

    private static final int MOST_DIGITS = 8;
    private static final long MOST = 99_999_999;
    private static final String UNITS = "numSMH";
    private static final long[] NANOS = {1, 1_000, 1_000_000, 1_000_000_000, 60L * 1_000_000_000, 3_600L * 1_000_000_000
    };

    private GrpcTimeout() {}

    static long nanos(@Nullable String value) {
        if (value == null || value.length() < 2 || value.length() > MOST_DIGITS + 1) {
            return NONE;
        }
        int unit = UNITS.indexOf(value.charAt(value.length() - 1));
        if (unit < 0) {
            return NONE;
        }
        long number = 0;
        for (int i = 0; i < value.length() - 1; i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            number = number * 10 + digit;
        }
        // A hundred million hours are more nanoseconds than a long has.
        return number > Long.MAX_VALUE / NANOS[unit] ? Long.MAX_VALUE : number * NANOS[unit];
    }

    /** The finest unit that has the room; never more than was given. */
    static String text(long nanos) {
        int unit = 0;
        while (nanos / NANOS[unit] > MOST) {
            unit++;
        }
        return nanos / NANOS[unit] + UNITS.substring(unit, unit + 1);
    }
}
