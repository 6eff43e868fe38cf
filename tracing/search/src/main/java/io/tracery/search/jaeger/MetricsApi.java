package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.search.store.CallSeries;
import io.tracery.search.store.Dependency;
import io.tracery.search.store.Kind;
import io.tracery.search.store.TraceQuery.Range;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.Window;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What Jaeger's pages show of services: who calls whom, and the rates and latencies of their monitor tab. */
final class MetricsApi implements Answers {

    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long STEP_MILLIS = 5_000;
    private static final long RATE_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final long LEAST_STEP_MILLIS = 1_000;
    private static final int MOST_STEPS = 11_000;
    private static final double NANOS_PER_MILLI = 1e6;

    private final TraceSource source;
    private final LongSupplier clockNanos;

    MetricsApi(TraceSource source, LongSupplier clockNanos) {
        this.source = source;
        this.clockNanos = clockNanos;
    }

    /** The value of a series over some of its steps; NaN for none. */
    private interface Measure {
        double of(CallSeries series, int from, int to);
    }

    /** What is asked for; times in milliseconds. */
    private record Ask(
            Set<String> services, Set<Kind> kinds, boolean byOperation, long end, long back, long step, long per) {

        int windowSteps() {
            return (int) Math.max(1, per / step);
        }

        /** From the first rate's beginning on. */
        Window window() {
            int steps = (int) (back / step) + windowSteps();
            long stepNanos = TimeUnit.MILLISECONDS.toNanos(step);
            return new Window(TimeUnit.MILLISECONDS.toNanos(end) - steps * stepNanos, stepNanos, steps);
        }
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint("/api/dependencies", "dependencies", this::dependencies),
                new Endpoint("/api/metrics/minstep", "metrics", this::minStep),
                new Endpoint("/api/metrics/calls", "metrics", this::calls),
                new Endpoint("/api/metrics/errors", "metrics", this::errors),
                new Endpoint("/api/metrics/latencies", "metrics", this::latencies));
    }

    @Override
    public byte[] error(int status, String message, boolean pretty) {
        return Envelope.error(status, message, pretty);
    }

    private Answer dependencies(ServiceRequestContext ctx, QueryParams query) {
        long end = millis(query, "endTs", TimeUnit.NANOSECONDS.toMillis(clockNanos.getAsLong()));
        long back = millis(query, "lookback", DAY_MILLIS);
        String service = query.get("service", "");
        Range range = new Range(TimeUnit.MILLISECONDS.toNanos(end - back), TimeUnit.MILLISECONDS.toNanos(end));
        List<Dependency> found = source.dependencies(range).stream()
                .filter(one -> service.isEmpty()
                        || one.parent().equals(service)
                        || one.child().equals(service))
                .toList();
        return (out, pretty) -> Envelope.write(
                out,
                pretty,
                json -> {
                    for (Dependency dependency : found) {
                        json.writeStartObject();
                        json.writeStringField("parent", dependency.parent());
                        json.writeStringField("child", dependency.child());
                        json.writeNumberField("callCount", dependency.calls());
                        json.writeEndObject();
                    }
                    return found.size();
                },
                List.of());
    }

    private Answer minStep(ServiceRequestContext ctx, QueryParams query) {
        return Answers.object(json -> {
            json.writeNumberField("data", LEAST_STEP_MILLIS);
            json.writeNumberField("total", 0);
            json.writeNumberField("limit", 0);
            json.writeNumberField("offset", 0);
            json.writeNullField("errors");
        });
    }

    private Answer calls(ServiceRequestContext ctx, QueryParams query) {
        Ask ask = ask(query);
        double seconds = ask.windowSteps() * ask.step / 1_000.0;
        return family(ask, "call_rate", "calls per second", (series, from, to) -> series.calls(from, to) / seconds);
    }

    private Answer errors(ServiceRequestContext ctx, QueryParams query) {
        return family(ask(query), "error_rate", "failed calls, as a share of all", (series, from, to) -> {
            long calls = series.calls(from, to);
            return calls == 0 ? Double.NaN : (double) series.errors(from, to) / calls;
        });
    }

    private Answer latencies(ServiceRequestContext ctx, QueryParams query) {
        String text = query.get("quantile", "");
        double quantile;
        try {
            quantile = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("unable to parse param 'quantile': '" + text + "' is no number");
        }
        if (!(quantile > 0 && quantile <= 1)) {
            throw ApiException.badRequest("unable to parse param 'quantile': " + text + " is not within 0..1");
        }
        return family(
                ask(query),
                "latencies",
                "quantile " + quantile + " of latency, milliseconds",
                (series, from, to) -> series.quantileNanos(quantile, from, to) / NANOS_PER_MILLI);
    }

    private Answer family(Ask ask, String name, String help, Measure measure) {
        Window window = ask.window();
        List<Map.Entry<String, Map<String, CallSeries>>> found = new ArrayList<>();
        for (String service : ask.services) {
            found.add(Map.entry(service, source.calls(service, ask.kinds, window, ask.byOperation)));
        }
        return Answers.object(json -> {
            json.writeStringField("name", (ask.byOperation ? "service_operation_" : "service_") + name);
            json.writeStringField("type", "GAUGE");
            json.writeStringField("help", help);
            json.writeArrayFieldStart("metrics");
            for (Map.Entry<String, Map<String, CallSeries>> service : found) {
                for (Map.Entry<String, CallSeries> series : service.getValue().entrySet()) {
                    json.writeStartObject();
                    json.writeArrayFieldStart("labels");
                    label(json, "service_name", service.getKey());
                    if (ask.byOperation) {
                        label(json, "operation", series.getKey());
                    }
                    json.writeEndArray();
                    points(json, ask, window, series.getValue(), measure);
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        });
    }

    private static void label(JsonGenerator json, String name, String value) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("value", value);
        json.writeEndObject();
    }

    private static void points(JsonGenerator json, Ask ask, Window window, CallSeries series, Measure measure)
            throws IOException {
        json.writeArrayFieldStart("metricPoints");
        for (int to = ask.windowSteps(); to <= window.steps(); to++) {
            double value = measure.of(series, to - ask.windowSteps(), to);
            if (!Double.isNaN(value)) {
                json.writeStartObject();
                json.writeObjectFieldStart("gaugeValue");
                json.writeNumberField("doubleValue", value);
                json.writeEndObject();
                long millis = TimeUnit.NANOSECONDS.toMillis(window.start() + to * window.stepNanos());
                json.writeStringField("timestamp", Instant.ofEpochMilli(millis).toString());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private Ask ask(QueryParams query) {
        // Jaeger's pages join several services by commas.
        List<String> services = query.getAll("service").stream()
                .flatMap(names -> List.of(names.split(",")).stream())
                .filter(name -> !name.isEmpty())
                .toList();
        if (services.isEmpty()) {
            throw ApiException.badRequest("parameter 'service' is required");
        }
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (String label : query.getAll("spanKind")) {
            // Jaeger's pages write the kind as a constant: SPAN_KIND_SERVER or server.
            String lower = label.toLowerCase(java.util.Locale.ROOT).replace("span_kind_", "");
            kinds.add(Kind.labelled(lower)
                    .orElseThrow(() -> ApiException.badRequest("unable to parse param 'spanKind': '" + label
                            + "' is none of server, client, producer, consumer, internal")));
        }
        Ask ask = new Ask(
                new java.util.LinkedHashSet<>(services),
                kinds.isEmpty() ? EnumSet.of(Kind.SERVER) : kinds,
                query.get("groupByOperation", "false").equals("true"),
                millis(query, "endTs", TimeUnit.NANOSECONDS.toMillis(clockNanos.getAsLong())),
                millis(query, "lookback", HOUR_MILLIS),
                millis(query, "step", STEP_MILLIS),
                millis(query, "ratePer", RATE_MILLIS));
        if (ask.step < LEAST_STEP_MILLIS || (ask.back + ask.per) / ask.step > MOST_STEPS) {
            throw ApiException.badRequest("unable to parse param 'step': at least " + LEAST_STEP_MILLIS
                    + " ms, and at most " + MOST_STEPS + " steps in lookback and ratePer together");
        }
        return ask;
    }

    private static long millis(QueryParams query, String name, long otherwise) {
        String text = query.get(name, "");
        try {
            long millis = text.isEmpty() ? otherwise : Long.parseLong(text);
            if (millis >= 0 && millis < Long.MAX_VALUE / 1_000_000) {
                return millis;
            }
        } catch (NumberFormatException e) {
            throw ApiException.badRequest(
                    "unable to parse param '" + name + "': '" + text + "' is no number of milliseconds");
        }
        throw ApiException.badRequest("unable to parse param '" + name + "': " + text + " is out of range");
    }
}
