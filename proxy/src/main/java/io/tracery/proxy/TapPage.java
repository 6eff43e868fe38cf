package io.tracery.proxy;

import io.tracery.controlplane.api.tap.Filter;
import io.tracery.proxy.admin.AdminPage.Query;
import io.tracery.proxy.admin.AdminPages.TapView;
import io.tracery.proxy.telemetry.Tap;
import io.tracery.proxy.telemetry.TapFilter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /tap}: what a query asks of a {@link Tap}. */
record TapPage(Tap tap) implements TapView {

    private static final int MOST = 1_000;
    private static final int USUAL = 100;
    private static final int LONGEST_WAIT_SECONDS = 20;
    private static final int MOST_MILLIS = 3_600_000;
    private static final int PERCENT = 100;

    private static final List<String> PARAMETERS = List.of(
            "direction",
            "fate",
            "status",
            "method",
            "path",
            "peer",
            "route",
            "header",
            "min_ms",
            "retried",
            "trace",
            "sample",
            "from",
            "limit",
            "wait");

    @Override
    public String show(Query query) throws InterruptedException {
        Map<String, String> parameters = query.parameters();
        for (String name : parameters.keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException(
                        name + " is no parameter; there are " + String.join(", ", PARAMETERS));
            }
        }
        Filter.Builder filter = Filter.newBuilder()
                .setDirection(text(query, "direction"))
                .setFate(text(query, "fate"))
                .setStatus(text(query, "status"))
                .setMethod(text(query, "method"))
                .setPath(text(query, "path"))
                .setPeer(text(query, "peer"))
                .setRoute(text(query, "route"))
                .setHeader(text(query, "header"))
                .setLeastMillis(query.number("min_ms", 0, 0, MOST_MILLIS))
                .setTrace(text(query, "trace"))
                .setPercent(query.number("sample", PERCENT, 1, PERCENT));
        Boolean retried = retried(parameters.get("retried"));
        if (retried != null) {
            filter.setRetried(retried);
        }
        return tap.look(
                new TapFilter(filter.build()),
                from(parameters.get("from")),
                query.number("limit", USUAL, 1, MOST),
                1_000L * query.number("wait", 0, 0, LONGEST_WAIT_SECONDS));
    }

    private static String text(Query query, String name) {
        return query.parameters().getOrDefault(name, "");
    }

    private static @Nullable Boolean retried(@Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("retried is true or false, not " + text);
        }
        return Boolean.valueOf(text);
    }

    private static long from(@Nullable String text) {
        try {
            long number = text == null ? 0 : Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("from is what an answer before called next, not " + text);
    }
}
