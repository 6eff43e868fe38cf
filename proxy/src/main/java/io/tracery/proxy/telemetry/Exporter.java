package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.otlp.TracesEncoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that tells: it takes ended exchanges from the event loops, once a second it has them copy their counts,
 * and it writes and sends both. It never waits for Kafka, and no event loop ever waits for it.
 */
final class Exporter implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Exporter.class);

    private static final long TICK_NANOS = Duration.ofMillis(50).toNanos();
    private static final long COLLECT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RESEND_ALL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long FAREWELL_NANOS = Duration.ofMillis(300).toNanos();

    private final List<LoopTelemetry> loops = new CopyOnWriteArrayList<>();
    private final AtomicReference<MetricsView> view = new AtomicReference<>(MetricsView.EMPTY);
    private final MetricStore store = new MetricStore();
    private final InstantSource clock;
    private final Account spanAccount;
    private final @Nullable Outboxes outboxes;
    private final LossReporter losses;
    private final @Nullable AccessLog accessLog;
    private volatile boolean ending;
    private volatile @Nullable Thread runner;

    // Confined to the thread that runs this.
    private long nextCollect = System.nanoTime();
    private final Linger linger = new Linger();
    private long nextResend = System.nanoTime() + RESEND_ALL_NANOS;
    private int active;
    private long overBudget;

    /**
     * Where spans and metrics go.
     *
     * @param traces writes what goes to {@code spans}
     * @param metricBatches writes what goes to {@code metrics}, as vitals, endpoints and undeclared ports do
     * @param budget of bytes of spans
     */
    record Outboxes(
            Transport transport,
            TracesEncoder traces,
            TopicOutbox spans,
            Account metricAccount,
            MetricBatches metricBatches,
            VitalsBatch vitals,
            EndpointBatch endpoints,
            UndeclaredBatch undeclared,
            TopicOutbox metrics,
            SpanEncoder spanEncoder,
            SpanBudget budget,
            Canary canary,
            RecentSpans recent,
            Limits limits) {}

    /** @param outboxes null when nothing leaves the process */
    Exporter(
            InstantSource clock,
            Account spanAccount,
            @Nullable Outboxes outboxes,
            LossReporter losses,
            @Nullable AccessLog accessLog) {
        this.clock = clock;
        this.spanAccount = spanAccount;
        this.outboxes = outboxes;
        this.losses = losses;
        this.accessLog = accessLog;
    }

    void add(LoopTelemetry loop) {
        loops.add(loop);
    }

    /** What was counted up to the last collection, at most about a second ago. Any thread. */
    MetricsView view() {
        return view.get();
    }

    /** Makes it look at once. Any thread, without waiting. */
    void wake() {
        LockSupport.unpark(runner);
    }

    /** Makes {@link #run} send what it has and return. */
    void end() {
        ending = true;
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        while (!ending) {
            guarded();
            LockSupport.parkNanos(TICK_NANOS);
        }
        farewell();
    }

    /** One bad figure must not end all telemetry. */
    private void guarded() {
        try {
            tick();
        } catch (RuntimeException e) {
            losses.defect(e);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        boolean second = now - nextCollect >= 0;
        if (second) {
            nextCollect = now + COLLECT_NANOS;
            beginInterval();
            loops.forEach(LoopTelemetry::requestReport);
        }
        boolean news = takeReports();
        Outboxes out = outboxes;
        takeExchanges(out);
        if (accessLog != null) {
            accessLog.flush(now);
        }
        if (out != null) {
            out.recent.tick(now);
            out.budget.tick(now);
            out.canary.tick(now, epochNanos());
            sendSpans(out, now);
            sendMetrics(out, news, now);
            if (second) {
                losses.tick(now);
            }
        }
        store.forgetCandidates();
    }

    /** Unless a loop has yet to tell of the last one: an interval may be longer than a second, never shorter than what is told of. */
    private void beginInterval() {
        if (outboxes != null && loops.stream().noneMatch(LoopTelemetry::reportPending)) {
            outboxes.budget.beginInterval();
        }
    }

    private boolean takeReports() {
        boolean news = false;
        for (LoopTelemetry loop : loops) {
            LoopTelemetry.Report report = loop.takeReport();
            if (report != null) {
                store.update(loop, report.changed());
                active += report.activeChange();
                overBudget += report.overBudgetChange();
                news = true;
            }
        }
        if (news) {
            view.set(new MetricsView(store.totals(), active, overBudget));
        }
        return news;
    }

    private void takeExchanges(@Nullable Outboxes out) {
        if (out != null) {
            // Batches that wait go before those that are about to be made.
            out.spans.flush();
        }
        for (LoopTelemetry loop : loops) {
            ExchangeRing ring = loop.spans();
            if (ring != null) {
                drain(ring, out);
            }
        }
    }

    private void sendSpans(Outboxes out, long now) {
        boolean free = out.spans.flush();
        // While batches wait, a small one more would only push out an older one.
        if (linger.over(out.traces.spans(), now) && free) {
            sendSpanBatch(out);
        }
    }

    /** At most what the ring holds, so that a busy loop cannot keep the exporter from its other duties. */
    private void drain(ExchangeRing ring, @Nullable Outboxes out) {
        for (int i = 0; i < ring.capacity(); i++) {
            Exchange exchange = ring.poll();
            if (exchange == null) {
                return;
            }
            if (accessLog != null && accessLog.wants(exchange)) {
                accessLog.write(exchange);
            }
            if (out != null) {
                encode(exchange, out);
                if (out.traces.size() >= out.limits.batchBytes()) {
                    sendSpanBatch(out);
                }
            }
        }
    }

    private void encode(Exchange exchange, Outboxes out) {
        TraceContext own = out.spanEncoder.placeOf(exchange);
        if (!out.budget.admits(own)) {
            spanAccount.drop(DropReason.OVER_BUDGET, SpanEncoder.spansOf(exchange));
            return;
        }
        int before = out.traces.spans();
        int mark = out.traces.mark();
        try {
            out.spanEncoder.encode(exchange, out.budget.marked(own));
            out.budget.wrote(out.traces.size() - mark);
            out.recent.add(out.traces, mark);
        } catch (RuntimeException e) {
            out.traces.discardSpan();
            int missing = SpanEncoder.spansOf(exchange) - (out.traces.spans() - before);
            spanAccount.drop(DropReason.ENCODING_FAILED, missing);
            losses.defect(e);
        }
    }

    private void sendSpanBatch(Outboxes out) {
        linger.sent();
        int spans = out.traces.spans();
        if (spans > 0) {
            out.spans.send(out.traces.finish(), spans);
        }
    }

    private void sendMetrics(Outboxes out, boolean news, long now) {
        boolean free = out.metrics.flush();
        boolean all = now - nextResend >= 0;
        if (all || out.metrics.takeLost()) {
            nextResend = now + RESEND_ALL_NANOS;
            store.markAllUnsent();
        }
        // What waits is older than what would be written now, and totals lose nothing by being sent later.
        if (free && (news || all)) {
            writeMetrics(out);
            writeVitals(out, all);
            out.undeclared.write(all, epochNanos(), to(out));
        }
        if (free) {
            out.endpoints.tick(now, epochNanos(), to(out));
        }
    }

    private void writeMetrics(Outboxes out) {
        out.metricBatches.write(store, epochNanos(), out.budget::admitted, to(out));
    }

    private void writeVitals(Outboxes out, boolean all) {
        out.vitals.write(all, overBudget, epochNanos(), to(out));
    }

    private static MetricBatches.Sink to(Outboxes out) {
        return (batch, points) -> {
            out.metricAccount.accept(points);
            out.metrics.send(batch, points);
        };
    }

    /** The last counts and spans, as far as they can be had and sent within a moment. */
    private void farewell() {
        try {
            long deadline = System.nanoTime() + FAREWELL_NANOS;
            // A report that was asked for earlier may be older than the last exchange.
            awaitReports(deadline);
            loops.forEach(LoopTelemetry::requestReport);
            awaitReports(deadline);
            takeExchanges(outboxes);
            if (accessLog != null) {
                accessLog.flush(System.nanoTime());
                accessLog.close();
            }
            if (outboxes != null) {
                sendSpans(outboxes, System.nanoTime());
                sendSpanBatch(outboxes);
                if (outboxes.metrics.flush()) {
                    writeMetrics(outboxes);
                }
            }
        } catch (RuntimeException e) {
            losses.defect(e);
        } finally {
            if (outboxes != null) {
                outboxes.spans.dropPending(DropReason.CLOSED);
                outboxes.metrics.dropPending(DropReason.CLOSED);
                outboxes.canary.close();
                outboxes.transport.close();
            }
        }
        log.debug("telemetry ended");
    }

    private void awaitReports(long deadlineNanos) {
        takeReports();
        while (loops.stream().anyMatch(LoopTelemetry::reportPending) && System.nanoTime() - deadlineNanos < 0) {
            LockSupport.parkNanos(TICK_NANOS / 10);
            takeReports();
        }
    }

    private long epochNanos() {
        return MetricsView.epochNanos(clock.instant());
    }
}
