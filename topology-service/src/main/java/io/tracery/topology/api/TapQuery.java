package io.tracery.topology.api;

import com.linecorp.armeria.common.QueryParams;
import io.tracery.controlplane.api.TapRules;
import io.tracery.controlplane.api.tap.Filter;
import io.tracery.controlplane.api.tap.WatchRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code /api/tap}. */
final class TapQuery {

    private static final Parameters.Span SINCE =
            new Parameters.Span("since", Duration.ZERO, Duration.ZERO, Duration.ofMillis(TapRules.MOST_SINCE_MILLIS));
    private static final int ALL_PERCENT = 100;

    private final QueryParams query;

    private TapQuery(QueryParams query) {
        this.query = query;
    }

    /** @throws Parameters.Refused saying which parameter is wrong */
    static WatchRequest read(@Nullable String text) {
        Duration since = new Parameters(text)
                .only(
                        "workload",
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
                        "since",
                        "follow",
                        "limit",
                        "rate")
                .span(SINCE);
        return new TapQuery(QueryParams.fromQueryString(text == null ? "" : text)).request(since);
    }

    private WatchRequest request(Duration since) {
        Filter.Builder filter = Filter.newBuilder()
                .setDirection(text("direction"))
                .setFate(text("fate"))
                .setStatus(text("status"))
                .setMethod(text("method"))
                .setPath(text("path"))
                .setPeer(text("peer"))
                .setRoute(text("route"))
                .setHeader(text("header"))
                .setTrace(text("trace"))
                .setLeastMillis(number("min_ms", 0, 0, TapRules.MOST_SINCE_MILLIS))
                .setPercent(number("sample", ALL_PERCENT, 1, ALL_PERCENT));
        if (query.contains("retried")) {
            filter.setRetried(yesOrNo("retried", false));
        }
        TapRules.problem(filter.build()).ifPresent(problem -> {
            throw new Parameters.Refused(problem);
        });
        return WatchRequest.newBuilder()
                .setWorkload(text("workload"))
                .setFilter(filter)
                .setSinceMillis((int) since.toMillis())
                .setFollow(yesOrNo("follow", true))
                .setLimit(query.contains("limit") ? number("limit", 0, 1, TapRules.MOST_LIMIT) : 0)
                .setPerSecond(number("rate", TapRules.USUAL_PER_SECOND, 1, TapRules.MOST_PER_SECOND))
                .build();
    }

    private String text(String name) {
        return query.get(name, "");
    }

    private boolean yesOrNo(String name, boolean otherwise) {
        String text = query.get(name, Boolean.toString(otherwise));
        if (!text.equals("true") && !text.equals("false")) {
            throw new Parameters.Refused(name + " is true or false, not " + text);
        }
        return Boolean.parseBoolean(text);
    }

    private int number(String name, int otherwise, int least, int most) {
        String text = query.get(name, Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new Parameters.Refused(name + " is a number from " + least + " to " + most + ", not " + text);
    }
}
