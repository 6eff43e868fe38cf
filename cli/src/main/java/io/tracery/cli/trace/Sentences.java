package io.tracery.cli.trace;

import io.tracery.cli.trace.TraceTree.Event;
import io.tracery.cli.trace.TraceTree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the proxy decided for one exchange and why, in sentences and in order. */
final class Sentences {

    private static final Pattern CLUSTER = Pattern.compile("outbound/([^./]+)\\.([^/]+)/(\\d+)");

    /** Why the balancer chose an endpoint, where it was not simply the cheaper one. */
    private static final Map<String, String> PICKED = Map.of(
            "turn", "whose turn it was",
            "hash", "where requests like it belong",
            "probe", "to find out whether it has recovered",
            "zone_overflow", "because the nearer ones would have been slower",
            "slow_start", "because the cheaper one is new");

    private Sentences() {}

    /** Empty for spans that are not the proxy's. */
    static List<String> of(Node span) {
        List<String> sentences = new ArrayList<>();
        if (!span.tag("tracery.fate").isEmpty() && span.tag("tracery.attempt").isEmpty()) {
            sentences.add(route(span.tag("tracery.route"), span.tag("tracery.cluster")));
        }
        for (Event event : span.events()) {
            String sentence = switch (event.name()) {
                case "tracery.rate_limit" -> "Refused by a limit: " + event.field("tracery.rate_limit") + ".";
                case "tracery.shed" -> "Not let through: " + event.field("tracery.shed") + ".";
                case "tracery.fault" -> "Injected on purpose: " + event.field("tracery.fault") + ".";
                case "tracery.pick" -> pick(event);
                case "tracery.hedge" -> hedge(event);
                case "tracery.retry" -> retry(event);
                default -> "";
            };
            if (!sentence.isEmpty()) {
                sentences.add(sentence);
            }
        }
        String peer = span.tag("tracery.peer.identity");
        if (span.tag("tracery.tls").equals("mtls") && !peer.isEmpty()) {
            sentences.add("Mutual TLS with " + peer + ".");
        }
        return sentences;
    }

    /** A label of a closed set, in words. */
    static String words(String label) {
        return label.replace('_', ' ');
    }

    private static String route(String name, String led) {
        if (name.isEmpty()) {
            return "No route matched.";
        }
        Matcher cluster = CLUSTER.matcher(led);
        String where = cluster.matches()
                ? cluster.group(1) + "." + cluster.group(2) + ", port " + cluster.group(3)
                : led.startsWith("inbound/") ? "the application on port " + led.substring("inbound/".length()) : led;
        String how = name.equals("default")
                ? "No HTTPRoute matched, so the default route was taken"
                : "Route " + name + " matched";
        return where.isEmpty() ? how + "." : how + " and led to " + where + ".";
    }

    private static String pick(Event event) {
        String attempt = event.field("tracery.attempt");
        StringBuilder text = new StringBuilder(
                attempt.isEmpty() || attempt.equals("1") ? "It went to " : "Attempt " + attempt + " went to ");
        text.append(event.field("tracery.pick.endpoint")).append(cost(event.field("tracery.pick.cost_ms")));
        String other = event.field("tracery.pick.other");
        String why = PICKED.getOrDefault(event.field("tracery.pick.reason"), "");
        if (other.isEmpty()) {
            text.append(", ").append(why.isEmpty() ? "the only endpoint to choose from" : why);
        } else {
            text.append(" rather than ").append(other).append(cost(event.field("tracery.pick.other_cost_ms")));
            text.append(why.isEmpty() ? "" : ", " + why);
        }
        text.append('.');
        String leftOut = event.field("tracery.pick.left_out");
        if (!leftOut.isEmpty() && !leftOut.equals("0")) {
            text.append(' ')
                    .append(leftOut.equals("1") ? "One endpoint was" : leftOut + " endpoints were")
                    .append(" left out for failing.");
        }
        return text.toString();
    }

    private static String cost(String millis) {
        try {
            return millis.isEmpty() ? "" : " (cost " + Figures.duration(Double.parseDouble(millis) * 1e3) + ")";
        } catch (NumberFormatException e) {
            return "";
        }
    }

    private static String hedge(Event event) {
        String attempt = event.field("tracery.attempt");
        String reason = event.field("tracery.hedge.reason");
        return event.field("tracery.hedge.decision").equals("hedged")
                ? "Another endpoint was asked beside attempt " + attempt + ": " + reason + "."
                : "Attempt " + attempt + " was slow, and no other endpoint was asked beside it: " + reason + ".";
    }

    private static String retry(Event event) {
        boolean retried = event.field("tracery.retry.decision").equals("retried");
        String reason = event.field("tracery.retry.reason");
        return "Attempt " + event.field("tracery.attempt") + " failed and was " + (retried ? "retried" : "not retried")
                + (reason.isEmpty() ? "" : ": " + words(reason)) + ".";
    }
}
