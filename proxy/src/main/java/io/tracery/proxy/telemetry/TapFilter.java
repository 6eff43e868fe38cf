package io.tracery.proxy.telemetry;

import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.tracing.Vocabulary;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which exchanges are of interest; an empty text, or null, asks for nothing.
 *
 * @param direction {@code inbound} or {@code outbound}
 * @param fate a label, {@code !} before it for all others
 * @param status {@code 503}, or {@code 5xx} for all that begin so
 * @param path what {@code url.path} begins with
 * @param peer a workload's name, or its SPIFFE ID
 * @param route the name of the mesh's route
 * @param leastMillis that it took
 * @param retried whether it had more than one attempt
 * @param trace the trace's id
 * @param percent of the traces, by their ids: the same traces in every proxy
 */
public record TapFilter(
        String direction,
        String fate,
        String status,
        String method,
        String path,
        String peer,
        String route,
        double leastMillis,
        @Nullable Boolean retried,
        String trace,
        int percent) {

    private static final Pattern STATUS = Pattern.compile("|[1-5]([0-9]{2}|xx)");
    private static final int ALL = 100;

    public TapFilter {
        if (!STATUS.matcher(status).matches()) {
            throw new IllegalArgumentException("status is for example 503 or 5xx, not " + status);
        }
        if (!direction.isEmpty() && !direction.equals("inbound") && !direction.equals("outbound")) {
            throw new IllegalArgumentException("direction is inbound or outbound, not " + direction);
        }
    }

    boolean matches(Span span) {
        if (percent < ALL && Math.floorMod(span.getTraceId().hashCode(), ALL) >= percent) {
            return false;
        }
        double millis = (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) * 1e-6;
        if (millis < leastMillis
                || (!trace.isEmpty()
                        && !trace.equals(
                                HexFormat.of().formatHex(span.getTraceId().toByteArray())))
                || (!direction.isEmpty()
                        && direction.equals("outbound") != (span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT))) {
            return false;
        }
        Map<String, String> texts = Tap.text(span);
        return fate(texts.getOrDefault(Vocabulary.FATE, ""))
                && status(texts.getOrDefault(Vocabulary.HTTP_STATUS, ""))
                && same(method, texts, Vocabulary.HTTP_METHOD)
                && same(route, texts, Vocabulary.ROUTE)
                && texts.getOrDefault(Vocabulary.URL_PATH, "").startsWith(path)
                && (same(peer, texts, Vocabulary.PEER_NAME) || same(peer, texts, Vocabulary.PEER_IDENTITY))
                && retried(texts.getOrDefault(Vocabulary.ATTEMPTS, "1"));
    }

    private boolean fate(String label) {
        return fate.isEmpty() || (fate.startsWith("!") ? !fate.substring(1).equals(label) : fate.equals(label));
    }

    private boolean status(String code) {
        return status.isEmpty()
                || status.equals(code)
                || (status.endsWith("xx") && !code.isEmpty() && code.charAt(0) == status.charAt(0));
    }

    private static boolean same(String wanted, Map<String, String> texts, String key) {
        return wanted.isEmpty() || wanted.equals(texts.get(key));
    }

    private boolean retried(String attempts) {
        return retried == null || retried == (!attempts.equals("1") && !attempts.equals("0"));
    }
}
