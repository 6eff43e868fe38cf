package io.tracery.proxy.http;

import io.tracery.proxy.balance.ConcurrencyLimit;
import org.jspecify.annotations.Nullable;

/**
 * How urgent a request is, 0 (most) to 7, as a header says: the member {@code u} of RFC 9218's {@code Priority}, or nothing
 * but the digit. What says something else, or nothing, is as urgent as most requests are (section 4.1).
 */
final class Urgency {

    private Urgency() {}

    static int of(@Nullable String value) {
        int found = ConcurrencyLimit.USUAL_URGENCY;
        if (value == null) {
            return found;
        }
        int end = value.length();
        if (end == 1 && isUrgency(value.charAt(0))) {
            return value.charAt(0) - '0';
        }
        for (int at = 0; at < end; at++) {
            while (at < end && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
                at++;
            }
            if (value.startsWith("u=", at)
                    && at + 2 < end
                    && isUrgency(value.charAt(at + 2))
                    && (at + 3 == end || isDelimiter(value.charAt(at + 3)))) {
                // Of two members of one name the last counts (RFC 9651 section 3.2).
                found = value.charAt(at + 2) - '0';
            }
            int comma = value.indexOf(',', at);
            at = comma < 0 ? end : comma;
        }
        return found;
    }

    private static boolean isUrgency(char c) {
        return c >= '0' && c <= '0' + ConcurrencyLimit.LEAST_URGENT;
    }

    private static boolean isDelimiter(char c) {
        return c == ',' || c == ';' || c == ' ' || c == '\t';
    }
}
