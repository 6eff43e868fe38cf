package io.tracery.proxy.telemetry;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Counts the exchanges of one event loop and hands each, when it has ended, to the exporter. All figures belong to the
 * loop; the exporter gets copies, made by a task on the loop that it asks for.
 */
final class LoopTelemetry implements ExchangeObserver {

    /**
     * The exporter looks fifty milliseconds after it looked last, or after so many exchanges. Many, since each time it takes
     * the core it takes the caches, too; not more, since what waits for the collector's next round is copied by it.
     */
    private static final int WAKE_EVERY = 1024;

    private final EventLoop loop;
    private final @Nullable ExchangeRing spans;
    private final @Nullable Account spanAccount;
    private final @Nullable AccessLog accessLog;
    private final List<String> recordedHeaders;
    private final SeriesBudget budget;
    private final SeriesTable table;
    private final InFlight inFlight;
    private final Runnable collect = this::collect;
    private final Runnable wakeExporter;

    // What the last report said, by which the next one tells what changed.
    private int reportedActive;
    private long reportedOverBudget;

    /** The copies that the exporter has not taken yet. */
    private final AtomicReference<@Nullable Report> mailbox = new AtomicReference<>();

    /** Whether copies were asked for and not taken. Confined to the exporter. */
    private boolean reportPending;

    /** Exchanges handed over since the exporter was last woken. */
    private int sinceWake;

    /**
     * @param spans null when no one wants ended exchanges
     * @param spanAccount null when no one wants spans
     * @param wakeExporter called when many exchanges wait; cheap, and harmless when it is awake
     */
    LoopTelemetry(
            EventLoop loop,
            @Nullable ExchangeRing spans,
            @Nullable Account spanAccount,
            @Nullable AccessLog accessLog,
            List<String> recordedHeaders,
            Limits limits,
            Runnable wakeExporter) {
        this.loop = loop;
        this.wakeExporter = wakeExporter;
        this.spans = spans;
        this.spanAccount = spanAccount;
        this.accessLog = accessLog;
        this.recordedHeaders = recordedHeaders;
        this.budget = new SeriesBudget(limits);
        this.table = new SeriesTable(budget, limits);
        this.inFlight = new InFlight(table);
    }

    @Override
    public List<String> recordedHeaders() {
        return recordedHeaders;
    }

    @Override
    public void started(Exchange exchange) {
        assert loop.inEventLoop() : "exchanges belong to their event loop";
        inFlight.add(exchange);
    }

    @Override
    public void ended(Exchange exchange) {
        assert loop.inEventLoop() : "exchanges belong to their event loop";
        Fate fate = exchange.fate();
        if (fate == null) {
            throw new IllegalArgumentException("the exchange has not ended");
        }
        SeriesGroup group = inFlight.end(exchange);
        OutcomeSeries outcome = group.outcome(fate, exchange.status(), exchange.grpcStatus(), budget);
        group.ended(exchange, outcome);
        ExchangeRing ring = spans;
        if (ring != null) {
            int count = SpanEncoder.spansOf(exchange);
            if (spanAccount != null) {
                spanAccount.accept(count);
            }
            if (!ring.offer(exchange)) {
                outcome.unrecorded(exchange);
                missed(exchange, count);
            }
            if (++sinceWake == WAKE_EVERY) {
                sinceWake = 0;
                wakeExporter.run();
            }
        }
    }

    private void missed(Exchange exchange, int count) {
        if (spanAccount != null) {
            spanAccount.drop(DropReason.QUEUE_FULL, count);
        }
        if (accessLog != null && accessLog.wants(exchange)) {
            accessLog.missed();
        }
    }

    /** Ended exchanges that wait for the exporter; null when no one wants them. */
    @Nullable
    ExchangeRing spans() {
        return spans;
    }

    /** What is in flight on the loop at the moment. */
    Future<List<RequestView>> requests(int most) {
        return loop.submit(() -> inFlight.views(most, System.nanoTime()));
    }

    /** Asks the loop for copies of what has changed; {@link #takeReport} has them a little later. Only for the exporter. */
    void requestReport() {
        if (reportPending) {
            return;
        }
        try {
            loop.execute(collect);
            reportPending = true;
        } catch (RejectedExecutionException e) {
            // A loop that has ended counts no more, so that any thread may read what it counted.
            if (loop.isTerminated()) {
                collect();
                reportPending = true;
            }
        }
    }

    /** The copies asked for, once; null while there are none. */
    @Nullable
    Report takeReport() {
        Report report = mailbox.getAndSet(null);
        if (report != null) {
            reportPending = false;
        }
        return report;
    }

    boolean reportPending() {
        return reportPending;
    }

    private void collect() {
        inFlight.countProgress();
        List<Totals> changed = new ArrayList<>();
        for (SeriesGroup group : table.groups()) {
            if (group.changed()) {
                changed.add(group.copy());
            }
        }
        Report report = new Report(changed, inFlight.size() - reportedActive, budget.refused() - reportedOverBudget);
        reportedActive = inFlight.size();
        reportedOverBudget = budget.refused();
        Report missed = mailbox.getAndSet(report);
        assert missed == null : "asked for only when the last one was taken";
    }

    /**
     * What one loop has to tell.
     *
     * @param changed totals of the groups that changed since the last report
     * @param activeChange by how many there are more exchanges in flight than at the last report
     * @param overBudgetChange by how many there are more exchanges counted in a coarser series than their own
     */
    record Report(List<Totals> changed, int activeChange, long overBudgetChange) {}
}
