package io.tracery.proxy.telemetry;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.tracery.controlplane.api.TapRules;
import io.tracery.controlplane.api.tap.Filter;
import io.tracery.tracing.Vocabulary;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Which exchanges are of interest, by what their own spans say. Immutable. */
public final class TapFilter {

    private static final int ALL = 100;

    private final Filter wanted;
    private final String headerKey;
    private final String headerValue;

    /** @throws IllegalArgumentException when the filter makes no sense; its message is for the person who wrote it */
    public TapFilter(Filter wanted) {
        TapRules.problem(wanted).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        this.wanted = wanted;
        String header = wanted.getHeader();
        int colon = header.indexOf(':');
        String name = colon < 0 ? header : header.substring(0, colon);
        this.headerKey = name.isEmpty() ? "" : Vocabulary.HTTP_REQUEST_HEADER + name;
        this.headerValue = colon < 0 ? "" : header.substring(colon + 1).strip();
    }

    /** The name of the request header that is asked for, empty where none is. */
    public String header() {
        return headerKey.isEmpty() ? "" : headerKey.substring(Vocabulary.HTTP_REQUEST_HEADER.length());
    }

    boolean matches(Span span) {
        int percent = wanted.getPercent();
        if (percent != 0 && percent < ALL && Math.floorMod(span.getTraceId().hashCode(), ALL) >= percent) {
            return false;
        }
        double millis = (span.getEndTimeUnixNano() - span.getStartTimeUnixNano()) * 1e-6;
        String trace = wanted.getTrace();
        String direction = wanted.getDirection();
        if (millis < wanted.getLeastMillis()
                || (!trace.isEmpty()
                        && !trace.equals(
                                HexFormat.of().formatHex(span.getTraceId().toByteArray())))
                || (!direction.isEmpty() && !direction.equals(TapJson.direction(span)))) {
            return false;
        }
        Map<String, String> texts = texts(span);
        return fate(texts.getOrDefault(Vocabulary.FATE, ""))
                && (status(texts.getOrDefault(Vocabulary.HTTP_STATUS, ""))
                        || same(wanted.getStatus(), texts, Vocabulary.RPC_STATUS))
                && same(wanted.getMethod(), texts, Vocabulary.HTTP_METHOD)
                && (same(wanted.getRoute(), texts, Vocabulary.HTTP_ROUTE)
                        || same(wanted.getRoute(), texts, Vocabulary.ROUTE))
                && texts.getOrDefault(Vocabulary.URL_PATH, "").startsWith(wanted.getPath())
                && peer(texts)
                && retried(texts.getOrDefault(Vocabulary.ATTEMPTS, "1"))
                && header(texts);
    }

    private static Map<String, String> texts(Span span) {
        Map<String, String> texts = new HashMap<>();
        for (KeyValue attribute : span.getAttributesList()) {
            texts.put(attribute.getKey(), text(attribute.getValue()));
        }
        return texts;
    }

    private static String text(AnyValue value) {
        if (value.hasArrayValue()) {
            // A recorded header; the proxy routes by its first value, too.
            return value.getArrayValue().getValues(0).getStringValue();
        }
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
    }

    private boolean fate(String label) {
        String fate = wanted.getFate();
        return fate.isEmpty() || (fate.startsWith("!") ? !fate.substring(1).equals(label) : fate.equals(label));
    }

    private boolean status(String code) {
        String status = wanted.getStatus();
        return status.isEmpty()
                || status.equals(code)
                || (status.endsWith("xx") && !code.isEmpty() && code.charAt(0) == status.charAt(0));
    }

    private static boolean same(String asked, Map<String, String> texts, String key) {
        return asked.isEmpty() || asked.equals(texts.get(key));
    }

    private boolean peer(Map<String, String> texts) {
        String peer = wanted.getPeer();
        return same(peer, texts, Vocabulary.PEER_NAME)
                || same(peer, texts, Vocabulary.PEER_IDENTITY)
                || peer.equals(texts.get(Vocabulary.PEER_NAMESPACE) + "/" + texts.get(Vocabulary.PEER_NAME));
    }

    private boolean retried(String attempts) {
        return !wanted.hasRetried() || wanted.getRetried() == (!attempts.equals("1") && !attempts.equals("0"));
    }

    private boolean header(Map<String, String> texts) {
        return headerKey.isEmpty()
                || (headerValue.isEmpty() ? texts.containsKey(headerKey) : headerValue.equals(texts.get(headerKey)));
    }
}
