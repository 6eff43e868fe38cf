package io.tracery.proxy.telemetry;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.AttributeSet;
import io.tracery.tracing.otlp.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sum over all event loops of what they count, by group, and which groups changed since they were last sent. Confined
 * to the exporter.
 */
final class MetricStore {

    private static final long EXEMPLAR_EVERY_NANOS = 10_000_000_000L;
    private static final Key FATE = Key.of(Vocabulary.FATE);
    private static final Key HTTP_STATUS = Key.of(Vocabulary.HTTP_STATUS);
    private static final Key RPC_STATUS = Key.of(Vocabulary.RPC_STATUS);

    private final Map<SeriesLabels, Group> groups = new LinkedHashMap<>();
    private final List<Group> news = new ArrayList<>();

    /** Takes one loop's newest totals of the groups that changed there. */
    void update(LoopTelemetry loop, List<Totals> changed) {
        for (Totals totals : changed) {
            Group group = groups.computeIfAbsent(totals.labels(), labels -> new Group(totals));
            group.update(loop, totals);
            news.add(group);
        }
    }

    /** Lets no exchange be an exemplar that has not become one by now: it would be one of traffic that is over. */
    void forgetCandidates() {
        news.forEach(group -> group.candidates.clear());
        news.clear();
    }

    /** The groups of which something was counted that has not been sent. */
    List<Group> unsent() {
        return groups.values().stream().filter(group -> group.unsent).toList();
    }

    /** Lets the next sending carry every series, changed or not. */
    void markAllUnsent() {
        groups.values().forEach(Group::forgetSent);
    }

    /** All totals, unchanging, with the exemplars that were sent: of others nobody has been told to keep the trace. */
    List<Totals> totals() {
        return groups.values().stream().map(Group::shown).toList();
    }

    /** One group's totals, those that were sent last, and its attributes as OTLP writes them. */
    static final class Group {

        private final Map<LoopTelemetry, Totals> byLoop = new HashMap<>();
        private final AttributeSet attributes;
        private final Map<Totals.Outcome.Id, AttributeSet> outcomeAttributes = new HashMap<>();
        private final Map<Totals.Outcome.Id, Totals.Slowest> candidates = new HashMap<>();
        private final Map<Totals.Outcome.Id, Named> named = new HashMap<>();
        private Totals total;
        private @Nullable Totals sent;
        private boolean unsent;

        private record Named(Totals.Slowest exchange, long nanos) {}

        private Group(Totals first) {
            this.attributes = first.labels().attributes();
            this.total = first;
        }

        private void update(LoopTelemetry loop, Totals totals) {
            for (Totals.Outcome outcome : totals.outcomes()) {
                Totals.Slowest slowest = outcome.slowest();
                if (slowest != null) {
                    candidates.merge(outcome.id(), slowest, Totals.Slowest::slower);
                }
            }
            byLoop.put(loop, totals);
            unsent = true;
            total = byLoop.values().stream().reduce(Totals::plus).orElse(totals);
        }

        AttributeSet attributes() {
            return attributes;
        }

        AttributeSet attributes(Totals.Outcome.Id id) {
            return outcomeAttributes.computeIfAbsent(id, key -> {
                AttributeSet.Builder more =
                        AttributeSet.builder().put(FATE, key.fate().label());
                if (key.status() != 0) {
                    more.put(HTTP_STATUS, key.status());
                }
                if (key.grpcStatus() >= 0) {
                    more.put(RPC_STATUS, GrpcStatusName.of(key.grpcStatus()));
                }
                return attributes.and(more.build());
            });
        }

        /**
         * The exchange that is to be an outcome's exemplar, once in ten seconds; else null.
         *
         * @param recorded whether the spans of a trace were surely written
         */
        Totals.@Nullable Slowest nextExemplar(Totals.Outcome.Id id, long nowNanos, Predicate<TraceContext> recorded) {
            Totals.Slowest slowest = candidates.get(id);
            Named last = named.get(id);
            if (slowest == null
                    || (last != null && nowNanos - last.nanos < EXEMPLAR_EVERY_NANOS)
                    || !recorded.test(slowest.trace())) {
                return null;
            }
            named.put(id, new Named(slowest, nowNanos));
            return slowest;
        }

        private Totals shown() {
            return total.withSlowest(id -> {
                Named last = named.get(id);
                return last == null ? null : last.exchange;
            });
        }

        Totals total() {
            return total;
        }

        /** What was sent last; null when all must be sent. */
        @Nullable
        Totals sent() {
            return sent;
        }

        void markSent() {
            sent = total;
            unsent = false;
        }

        private void forgetSent() {
            sent = null;
            unsent = true;
        }
    }
}
