package io.tracery.proxy.telemetry;

import io.tracery.proxy.exchange.Exchange;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All series that share their labels but for fate and status. Confined to one event loop. */
final class SeriesGroup {

    private final SeriesLabels labels;
    private final int hash;
    private final List<OutcomeSeries> outcomes = new ArrayList<>(2);

    private long started;
    private long retries;
    private long hedges;
    private long received;
    private long sent;
    private boolean changed;

    SeriesGroup(SeriesLabels labels, int hash) {
        this.labels = labels;
        this.hash = hash;
    }

    SeriesLabels labels() {
        return labels;
    }

    int hash() {
        return hash;
    }

    void started() {
        started++;
        changed = true;
    }

    void transferred(long moreReceived, long moreSent) {
        received += moreReceived;
        sent += moreSent;
        changed = true;
    }

    void ended(Exchange exchange, OutcomeSeries outcome) {
        retries += Math.max(0, exchange.attempts().size() - 1);
        hedges += exchange.hedges();
        outcome.count(exchange);
        changed = true;
    }

    /** The series of a fate and status, made when it is the first and the budget has room for it. */
    OutcomeSeries outcome(Fate fate, int status, int grpcStatus, SeriesBudget budget) {
        OutcomeSeries known = find(fate, status, grpcStatus);
        if (known != null) {
            return known;
        }
        if (budget.takeOutcome()) {
            return add(fate, status, grpcStatus);
        }
        OutcomeSeries byFate = find(fate, 0, -1);
        return byFate != null ? byFate : add(fate, 0, -1);
    }

    /** True when something was counted since the last copy. */
    boolean changed() {
        return changed;
    }

    Totals copy() {
        changed = false;
        List<Totals.Outcome> copies = new ArrayList<>(outcomes.size());
        for (OutcomeSeries outcome : outcomes) {
            copies.add(outcome.copy());
        }
        return new Totals(labels, started, retries, hedges, received, sent, copies);
    }

    private @Nullable OutcomeSeries find(Fate fate, int status, int grpcStatus) {
        for (int i = 0; i < outcomes.size(); i++) {
            OutcomeSeries outcome = outcomes.get(i);
            if (outcome.is(fate, status, grpcStatus)) {
                return outcome;
            }
        }
        return null;
    }

    private OutcomeSeries add(Fate fate, int status, int grpcStatus) {
        OutcomeSeries outcome = new OutcomeSeries(new Totals.Outcome.Id(fate, status, grpcStatus));
        outcomes.add(outcome);
        return outcome;
    }
}
