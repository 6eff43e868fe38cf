package io.tracery.topology.api;

import com.linecorp.armeria.common.QueryParams;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and checks the parameters of a request. */
final class Parameters {

    /** What is wrong with a request, for the one who sent it. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message, null, false, false);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * A span of time that may be asked for.
     *
     * @param standard taken when the parameter is absent
     */
    record Span(String name, Duration standard, Duration least, Duration most) {}

    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

    private final QueryParams query;

    Parameters(@Nullable String query) {
        this.query = QueryParams.fromQueryString(query == null ? "" : query);
    }

    /** @throws Refused when a parameter is none of these */
    Parameters only(String... names) {
        for (CharSequence name : query.names()) {
            if (!List.of(names).contains(name.toString())) {
                throw new Refused("there is no parameter " + name + " here; there is " + String.join(", ", names));
            }
        }
        return this;
    }

    /** A duration like {@code 30s}, in whole seconds. */
    Duration span(Span span) {
        String text = query.get(span.name());
        if (text == null) {
            return span.standard();
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new Refused(span.name() + "=" + text + " is not a duration: write a number and ms, s, m or h, like "
                    + text(span.standard()));
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (duration.compareTo(span.least()) < 0 || duration.compareTo(span.most()) > 0) {
            throw new Refused(span.name() + "=" + text + " is out of range: from " + text(span.least()) + " to "
                    + text(span.most()));
        }
        return Duration.ofSeconds(duration.toSeconds());
    }

    /** Null where it is absent or empty. */
    @Nullable
    String optional(String name) {
        String text = query.get(name);
        return text == null || text.isEmpty() ? null : text;
    }

    String required(String name, String example) {
        String text = query.get(name);
        if (text == null || text.isEmpty()) {
            throw new Refused("the parameter " + name + " is missing: add " + name + "=" + example);
        }
        return text;
    }

    private static String text(Duration duration) {
        return duration.toSeconds() % 60 == 0 && duration.toSeconds() > 0
                ? duration.toMinutes() + "m"
                : duration.toSeconds() + "s";
    }
}
