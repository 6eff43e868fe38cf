package io.tracery.tracing.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Seeded: a failure names the input, and the run repeats exactly. */
class W3cTraceContextFuzzTest {

    private static final long SEED = 20260101;
    private static final int RUNS = 50_000;
    private static final String VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String ODD = "0123456789abcdefABCDEF-_.=, \t@fg\u0000\u00e9";

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void agreesWithOpenTelemetryOnMutatedTraceparents() {
        int valid = 0;
        for (int i = 0; i < RUNS; i++) {
            String text = mutate(VALID);
            TraceContext ours = W3cTraceContext.parse(text, "");
            SpanContext theirs = openTelemetry(text, "");
            // OpenTelemetry reads the header as it stands; the specification lets white space around it count for
            // nothing.
            if (!text.equals(text.strip())) {
                continue;
            }
            assertThat(ours != null).as("valid: <%s>", text).isEqualTo(theirs.isValid());
            if (ours != null) {
                valid++;
                assertThat(ours.traceIdHex()).as(text).isEqualTo(theirs.getTraceId());
                assertThat(ours.spanIdHex()).as(text).isEqualTo(theirs.getSpanId());
                assertThat(ours.sampled()).as(text).isEqualTo(theirs.isSampled());
            }
        }
        assertThat(valid).as("the mutations must leave something valid").isGreaterThan(RUNS / 50);
    }

    @Test
    void whatItWritesOpenTelemetryAndItselfReadBack() {
        for (int i = 0; i < RUNS; i++) {
            TraceContext context = TraceContext.root(random);
            String text = W3cTraceContext.traceparent(context);

            assertThat(W3cTraceContext.parse(text, "")).isEqualTo(context);
            SpanContext theirs = openTelemetry(text, "");
            assertThat(theirs.getTraceId()).isEqualTo(context.traceIdHex());
            assertThat(theirs.getSpanId()).isEqualTo(context.spanIdHex());
        }
    }

    @Test
    void agreesWithOpenTelemetryOnPlainTracestates() {
        for (int i = 0; i < RUNS / 10; i++) {
            StringBuilder tracestate = new StringBuilder();
            int members = random.nextInt(1, 8);
            for (int m = 0; m < members; m++) {
                tracestate.append(m == 0 ? "" : ",").append('k').append(m).append('=');
                tracestate.append(Long.toString(random.nextLong(1, Long.MAX_VALUE), 36));
            }
            String text = tracestate.toString();
            TraceContext ours = W3cTraceContext.parse(VALID, text);

            assertThat(ours).isNotNull();
            StringBuilder theirs = new StringBuilder();
            openTelemetry(VALID, text)
                    .getTraceState()
                    .forEach((key, value) -> theirs.append(theirs.isEmpty() ? "" : ",")
                            .append(key)
                            .append('=')
                            .append(value));
            assertThat(ours.tracestate()).isEqualTo(theirs.toString());
        }
    }

    @Test
    void anyTracestateComesOutValidBoundedAndStable() {
        for (int i = 0; i < RUNS; i++) {
            StringBuilder noise = new StringBuilder();
            int pieces = random.nextInt(40);
            for (int p = 0; p < pieces; p++) {
                noise.append(
                        random.nextInt(20) == 0 ? mutate("k=v") : "k" + p + "=" + "v".repeat(random.nextInt(1, 30)));
                noise.append(random.nextInt(10) == 0 ? " ,\t" : ",");
            }
            String once = Tracestate.valid(noise);

            assertThat(once).hasSizeLessThanOrEqualTo(Tracestate.MAX_LENGTH);
            assertThat(Tracestate.valid(once)).as("<%s>", noise).isEqualTo(once);
            assertThat(once)
                    .as("<%s>", noise)
                    .doesNotContain(",,")
                    .doesNotStartWith(",")
                    .doesNotEndWith(",");
        }
    }

    private String mutate(String text) {
        StringBuilder mutated = new StringBuilder(text);
        int changes = random.nextInt(3);
        for (int c = 0; c < changes; c++) {
            int at = random.nextInt(mutated.length() + 1);
            char character = ODD.charAt(random.nextInt(ODD.length()));
            switch (random.nextInt(4)) {
                case 0 -> mutated.insert(at, character);
                case 1 -> mutated.delete(at, Math.min(mutated.length(), at + 1));
                case 2 -> mutated.setLength(Math.min(at + 40, mutated.length()));
                default -> mutated.replace(at, Math.min(mutated.length(), at + 1), String.valueOf(character));
            }
        }
        return mutated.toString();
    }

    private static SpanContext openTelemetry(String traceparent, String tracestate) {
        Map<String, String> headers = tracestate.isEmpty()
                ? Map.of("traceparent", traceparent)
                : Map.of("traceparent", traceparent, "tracestate", tracestate);
        Context context = W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, Headers.INSTANCE);
        return Span.fromContext(context).getSpanContext();
    }

    private enum Headers implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        @SuppressWarnings("deprecation") // abstract in the interface, so it has to be there
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    }
}
