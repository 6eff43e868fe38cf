package io.tracery.controlplane.source;

import io.tracery.controlplane.model.BackendPolicy;
import io.tracery.controlplane.model.BackendPolicy.Algorithm;
import io.tracery.controlplane.model.BackendPolicy.Balancer;
import io.tracery.controlplane.model.BackendPolicy.CircuitBreaker;
import io.tracery.controlplane.model.BackendPolicy.Ejection;
import io.tracery.controlplane.model.BackendPolicy.HashOn;
import io.tracery.controlplane.model.BackendPolicy.Http1Travel;
import io.tracery.controlplane.model.BackendPolicy.OutlierDetection;
import io.tracery.controlplane.model.BackendPolicy.Settings;
import io.tracery.controlplane.model.BackendPolicy.SlowStart;
import io.tracery.controlplane.model.BackendPolicy.SuccessRate;
import io.tracery.controlplane.model.BackendPolicy.Target;
import io.tracery.controlplane.model.Name;
import io.tracery.process.NearNames;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code policy.tracery.io/v1alpha1} BackendPolicy. */
final class BackendPolicyReader {

    private static final List<String> ALGORITHMS =
            List.of("PeakEwma", "LeastRequest", "RoundRobin", "Random", "RingHash", "Maglev");
    private static final int LARGEST_RING = 8_388_608;
    private static final int LARGEST_TABLE = 5_000_011;
    private static final int MOST = 1_000_000;

    private BackendPolicyReader() {}

    static BackendPolicy read(Name name, Fields spec) {
        List<Target> targets = new ArrayList<>();
        for (Fields target : spec.objects("targetRefs")) {
            if (!target.text("kind", "Service").equals("Service")
                    || !target.text("group", "").isEmpty()) {
                target.problem("kind", "a BackendPolicy is for a Service: {group: \"\", kind: Service, name: …}");
            }
            int port = target.number("port", 0, 1, 65_535);
            String portName = target.text("sectionName", "");
            if (port != 0 && !portName.isEmpty()) {
                target.problem("sectionName", "names the port that port numbers: give one of them");
            }
            targets.add(new Target(new Name(name.namespace(), target.text("name")), port, portName));
        }
        if (targets.isEmpty()) {
            spec.problem("targetRefs", "names the Services that the policy is for; there is none");
        }
        Fields balancer = spec.object("balancer");
        Fields slowStart = spec.object("slowStart");
        Fields outliers = spec.object("outlierDetection");
        Fields breaker = spec.object("circuitBreaker");
        Balancer read = balancer == null ? Balancer.DEFAULT : balancer(balancer);
        if (slowStart != null && hashes(read.algorithm())) {
            spec.problem("slowStart", "has no effect where hashes decide: leave it out or choose another balancer");
        }
        return new BackendPolicy(
                name,
                targets,
                new Settings(
                        read,
                        slowStart == null ? null : slowStart(slowStart),
                        outliers == null ? null : outliers(outliers),
                        breaker == null ? null : breaker(breaker),
                        choice(spec, "http1BetweenSidecars", List.of("AsHttp2", "AsItIs"))
                                        .equals("AsHttp2")
                                ? Http1Travel.AS_HTTP2
                                : Http1Travel.AS_IT_IS));
    }

    private static boolean hashes(Algorithm algorithm) {
        return algorithm instanceof Algorithm.RingHash || algorithm instanceof Algorithm.Maglev;
    }

    private static Balancer balancer(Fields balancer) {
        Algorithm algorithm = algorithm(balancer);
        boolean prefer =
                choice(balancer, "zones", List.of("PreferOwn", "Ignore")).equals("PreferOwn");
        List<HashOn> hashOn = new ArrayList<>();
        if (hashes(algorithm)) {
            for (Fields entry : balancer.objects("hashOn")) {
                hashOn.add(hashOn(entry));
            }
            if (hashOn.isEmpty()) {
                balancer.problem(
                        "hashOn", "says what of a request is hashed: a header, a cookie or the source address");
            }
        }
        return new Balancer(algorithm, prefer, hashOn);
    }

    private static Algorithm algorithm(Fields balancer) {
        return switch (choice(balancer, "type", ALGORITHMS)) {
            case "LeastRequest" -> new Algorithm.LeastRequest(balancer.number("choices", 2, 2, 100));
            case "RoundRobin" -> new Algorithm.RoundRobin();
            case "Random" -> new Algorithm.Random();
            case "RingHash" -> {
                int least = balancer.number("minimumRingSize", 1024, 1, LARGEST_RING);
                int most = balancer.number("maximumRingSize", Math.max(65_536, least), 1, LARGEST_RING);
                if (least > most) {
                    balancer.problem("minimumRingSize", "must not be above maximumRingSize");
                }
                yield new Algorithm.RingHash(least, most);
            }
            case "Maglev" -> {
                int size = balancer.number("tableSize", 65_537, 2, LARGEST_TABLE);
                if (!BigInteger.valueOf(size).isProbablePrime(40)) {
                    balancer.problem("tableSize", "must be a prime, for example 65537, not " + size);
                }
                yield new Algorithm.Maglev(size);
            }
            default -> peakEwma(balancer);
        };
    }

    private static Algorithm peakEwma(Fields balancer) {
        Algorithm.PeakEwma usual = Algorithm.PeakEwma.DEFAULT;
        Set<Integer> penalize = balancer.has("penalize") ? new TreeSet<>() : usual.penalize();
        for (String status : balancer.texts("penalize")) {
            if (status.matches("[45][0-9]{2}")) {
                penalize.add(Integer.valueOf(status));
            } else {
                balancer.problem("penalize", "are response codes 400..599, not \"" + status + "\"");
            }
        }
        return new Algorithm.PeakEwma(
                positive(balancer, "initialLatency", usual.initial()),
                positive(balancer, "decay", usual.decay()),
                positive(balancer, "penalty", usual.penalty()),
                penalize);
    }

    private static HashOn hashOn(Fields entry) {
        String header = entry.text("header", "");
        Fields cookie = entry.object("cookie");
        String source = entry.text("source", "");
        int given = (header.isEmpty() ? 0 : 1) + (cookie == null ? 0 : 1) + (source.isEmpty() ? 0 : 1);
        if (given != 1) {
            entry.problem("header", "an entry of hashOn is one of header, cookie and source");
        }
        if (cookie != null) {
            String name = cookie.text("name");
            String path = cookie.text("path", "/");
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]*")) {
                cookie.problem("name", "is not a cookie's name (RFC 6265 section 4.1.1)");
            }
            if (!path.matches("/[^;\\p{Cntrl}]*")) {
                cookie.problem("path", "must begin with \"/\"");
            }
            return new HashOn.Cookie(name, path, cookie.has("ttl") ? duration(cookie, "ttl", Duration.ZERO) : null);
        }
        if (!source.isEmpty()) {
            choice(entry, "source", List.of("Address"));
            return new HashOn.SourceAddress();
        }
        return new HashOn.Header(header.toLowerCase(Locale.ROOT));
    }

    private static SlowStart slowStart(Fields fields) {
        double aggression = 1;
        String text = fields.text("aggression", "1");
        if (text.matches("[0-9]{1,3}(\\.[0-9]{1,3})?") && Double.parseDouble(text) > 0) {
            aggression = Double.parseDouble(text);
        } else {
            fields.problem("aggression", "must be a number above 0, not \"" + text + "\"");
        }
        return new SlowStart(
                positive(fields, "window", Duration.ofMinutes(1)),
                aggression,
                fields.number("minimumPercent", 10, 0, 100));
    }

    private static OutlierDetection outliers(Fields fields) {
        Fields rate = fields.object("successRate");
        SuccessRate successRate = rate == null
                ? null
                : new SuccessRate(rate.number("minimumPercent", 80, 1, 100), rate.number("requests", 5, 1, MOST));
        Ejection ejection = new Ejection(
                positive(fields, "baseEjectionTime", Duration.ofSeconds(30)),
                positive(fields, "maxEjectionTime", Duration.ofMinutes(5)),
                duration(fields, "maxEjectionTimeJitter", Duration.ZERO),
                fields.number("maxEjectionPercent", 10, 0, 100),
                fields.number("panicThresholdPercent", 50, 0, 100));
        if (ejection.longest().compareTo(ejection.base()) < 0) {
            fields.problem("maxEjectionTime", "must not be shorter than baseEjectionTime");
        }
        // Naming one detector means that one; naming none means the usual one.
        boolean named =
                rate != null || fields.has("consecutiveGatewayFailures") || fields.has("consecutiveLocalFailures");
        return new OutlierDetection(
                fields.number("consecutive5xx", named ? 0 : 5, 0, MOST),
                fields.number("consecutiveGatewayFailures", 0, 0, MOST),
                fields.number("consecutiveLocalFailures", 0, 0, MOST),
                successRate,
                positive(fields, "interval", Duration.ofSeconds(10)),
                ejection);
    }

    private static CircuitBreaker breaker(Fields fields) {
        return new CircuitBreaker(
                fields.number("maxConnections", 0, 1, MOST),
                fields.number("maxPendingRequests", 0, 1, MOST),
                fields.number("maxRequests", 0, 1, MOST),
                fields.number("maxRetries", 0, 1, MOST));
    }

    /** One of some words; the first where nothing is said. */
    private static String choice(Fields fields, String field, List<String> words) {
        String word = fields.text(field, words.getFirst());
        if (!words.contains(word)) {
            fields.problem(
                    field,
                    "must be one of " + String.join(", ", words) + ", not " + word + NearNames.suggestion(word, words));
            return words.getFirst();
        }
        return word;
    }

    private static Duration positive(Fields fields, String field, Duration fallback) {
        Duration duration = duration(fields, field, fallback);
        if (!duration.isPositive()) {
            fields.problem(field, "must be longer than nothing");
            return fallback;
        }
        return duration;
    }

    private static Duration duration(Fields fields, String field, Duration fallback) {
        String text = fields.text(field, "");
        if (text.isEmpty()) {
            return fallback;
        }
        @Nullable Duration duration = GatewayDuration.parse(text);
        if (duration == null) {
            fields.problem(field, "must be a duration such as 500ms or 1m30s, not \"" + text + "\"");
            return fallback;
        }
        return duration;
    }
}
