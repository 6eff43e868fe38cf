package io.tracery.proxy.xds;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tracery.proxy.route.TextMatch;
import io.tracery.proxy.route.TextMatch.Expression;

/**
 * Regular expressions as Envoy has them: RE2's syntax and its promise of time linear in the input, {@code safe_regex} on
 * the whole value. Bounded, because they run on every request.
 */
final class Expressions {

    private static final int MOST_CHARACTERS = 1_024;
    private static final int MOST_INSTRUCTIONS = 1_000;

    private Expressions() {}

    static Expression whole(String resource, String regex) throws InvalidResource {
        Pattern pattern = compiled(resource, regex);
        return new TextMatch.Expression(regex, pattern::matches);
    }

    static Pattern compiled(String resource, String regex) throws InvalidResource {
        if (regex.isEmpty() || regex.length() > MOST_CHARACTERS) {
            throw new InvalidResource(resource, "a regular expression has 1.." + MOST_CHARACTERS + " characters");
        }
        try {
            Pattern pattern = Pattern.compile(regex, Pattern.DOTALL);
            if (pattern.programSize() > MOST_INSTRUCTIONS) {
                throw new InvalidResource(
                        resource,
                        "the regular expression " + regex + " is too costly: " + pattern.programSize()
                                + " instructions, at most " + MOST_INSTRUCTIONS);
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new InvalidResource(resource, "the regular expression " + regex + " is wrong: " + e.getMessage());
        }
    }
}
