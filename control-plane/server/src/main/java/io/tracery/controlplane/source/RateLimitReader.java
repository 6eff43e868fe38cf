package io.tracery.controlplane.source;

import io.tracery.controlplane.model.RateLimit;
import io.tracery.controlplane.model.RateLimit.PerKey;
import io.tracery.controlplane.model.RateLimit.Rate;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code policy.tracery.io/v1alpha1} RateLimit, and {@code rateLimit} of a Sidecar's inbound port. */
final class RateLimitReader {

    private static final int MOST = 1_000_000;
    private static final int USUAL_KEYS = 10_000;

    private RateLimitReader() {}

    static RateLimit read(Fields spec) {
        Fields perKey = spec.object("perKey");
        return new RateLimit(rate(spec), perKey == null ? null : perKey(perKey));
    }

    private static Rate rate(Fields fields) {
        int requests = fields.number("requests", 1, MOST);
        Duration per = switch (fields.text("per", "Second")) {
            case "Second" -> Duration.ofSeconds(1);
            case "Minute" -> Duration.ofMinutes(1);
            case "Hour" -> Duration.ofHours(1);
            default -> {
                fields.problem("per", "is Second, Minute or Hour, not \"" + fields.text("per", "") + "\"");
                yield Duration.ofSeconds(1);
            }
        };
        int burst = fields.number("burst", requests, 1, MOST);
        if (per.multipliedBy(burst).dividedBy(requests).compareTo(Duration.ofDays(365)) > 0) {
            fields.problem("burst", "would take more than a year to come back");
        }
        return new Rate(requests, per, burst);
    }

    private static PerKey perKey(Fields fields) {
        String header = fields.text("header", "").toLowerCase(Locale.ROOT);
        boolean source = is(fields, "source", "Address");
        boolean caller = is(fields, "caller", "Identity");
        if ((header.isEmpty() ? 0 : 1) + (source ? 1 : 0) + (caller ? 1 : 0) != 1) {
            fields.problem("header", "say one of header, source: Address and caller: Identity");
        }
        if (!header.matches("[a-z0-9!#$%&'*+.^_`|~-]*")) {
            fields.problem("header", "\"" + header + "\" is not the name of a header");
        }
        RateLimit.Key key = source ? RateLimit.Key.SOURCE : caller ? RateLimit.Key.CALLER : RateLimit.Key.HEADER;
        return new PerKey(key, header, rate(fields), fields.number("mostKeys", USUAL_KEYS, 1, MOST));
    }

    private static boolean is(Fields fields, String field, String only) {
        String value = fields.text(field, "");
        if (!value.isEmpty() && !value.equals(only)) {
            fields.problem(field, "is " + only + ", not \"" + value + "\"");
        }
        return value.equals(only);
    }

    /** Null where a port has none. */
    static @Nullable RateLimit ofPort(Fields inbound) {
        Fields limit = inbound.object("rateLimit");
        return limit == null ? null : read(limit);
    }
}
