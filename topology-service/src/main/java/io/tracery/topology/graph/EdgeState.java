package io.tracery.topology.graph;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One edge: cumulative counts of both of its ends, and the history of the end whose counts are shown. Every method holds
 * the edge's own lock, for microseconds; there is no lock on the graph.
 */
final class EdgeState {

    static final long STALE_MILLIS = 30_000;
    static final long LEAVES_MILLIS = 600_000;

    /** With exchanges in flight an edge lives on word of them, which comes at least every 30 s: one may be lost. */
    private static final long STALE_IN_FLIGHT_MILLIS = 65_000;

    private static final String SERVED = Fate.SERVED.label();

    final EdgeKey key;
    private final EdgeCounts counts = new EdgeCounts();
    private final TreeMap<String, History> histories = new TreeMap<>();
    private final TreeSet<String> routes = new TreeSet<>();
    /** The end whose counts are shown: the sender's as soon as there is one. */
    private View shown = View.RECEIVER;

    private String sourceIdentity = "";
    private String targetIdentity = "";
    private String tls = "";
    private long lastSeen;
    private boolean changed;
    private boolean announced;

    EdgeState(EdgeKey key) {
        this.key = key;
    }

    synchronized void admitSeries(int owner, View view) {
        counts.admitSeries(owner, view);
    }

    synchronized int series() {
        return counts.series();
    }

    /** Counts anew, with history. */
    synchronized void add(int owner, Increment increment, long now, long oldestSecond) {
        SeriesLabels labels = increment.labels();
        show(labels.view());
        counts.add(owner, increment);
        describe(labels);
        if (increment.amount() == 0) {
            return;
        }
        long time = Math.min(increment.toMillis(), now);
        lastSeen = Math.max(lastSeen, time);
        changed = true;
        if (increment.latencies() != null && labels.view() == shown) {
            Exchanges exchanges = new Exchanges(
                    increment.latencies(),
                    !labels.fate().equals(SERVED),
                    labels.tls().equals(Vocabulary.TLS_MUTUAL),
                    new Spread(Math.min(increment.fromMillis(), time), time));
            history(labels.version()).add(exchanges, oldestSecond);
        }
    }

    /** Counts what was counted before this process began: totals only. */
    synchronized void restore(int owner, Increment total) {
        show(total.labels().view());
        counts.admitSeries(owner, total.labels().view());
        counts.add(owner, total);
        describe(total.labels());
        lastSeen = Math.max(lastSeen, total.toMillis());
    }

    /** How many exchanges have begun and not ended. */
    synchronized long inFlight() {
        return counts.inFlight(shown);
    }

    /** A proxy reported a series that did not change: news only of what is in flight. */
    synchronized void reported(String epoch, long millis) {
        if (counts.inFlight(epoch)) {
            lastSeen = Math.max(lastSeen, millis);
        }
    }

    /** True when nothing is left of the edge. */
    synchronized boolean forgetSeries(int owner, SeriesLabels labels, String epoch) {
        counts.forgetSeries(owner, labels.view(), epoch);
        if (shown == View.SENDER && !counts.has(View.SENDER)) {
            showInstead(View.RECEIVER);
        }
        return counts.isEmpty();
    }

    synchronized void withdraw(int owner) {
        counts.withdraw(owner);
    }

    synchronized boolean abandoned() {
        return counts.isEmpty();
    }

    synchronized void trim(long oldestSecond) {
        histories.values().forEach(history -> history.trim(oldestSecond));
    }

    synchronized int histories() {
        return histories.size();
    }

    /** What to tell about this edge since the last time it was asked; null for nothing. */
    synchronized @Nullable EdgeChange takeChange(long now) {
        if (now - lastSeen > LEAVES_MILLIS) {
            boolean leaves = announced;
            announced = false;
            changed = false;
            return leaves ? new EdgeChange(key, true) : null;
        }
        if (!changed) {
            return null;
        }
        changed = false;
        announced = true;
        return new EdgeChange(key, false);
    }

    synchronized boolean visible(long now) {
        return now - lastSeen <= LEAVES_MILLIS;
    }

    /** Adds to {@code whole}, which the caller has cleared, what ended within the window. */
    synchronized EdgeSummary summary(Window window, WindowSum whole, WindowSum one) {
        Totals totals = counts.totals(shown);
        List<VersionSummary> versions = versions(totals, window, whole, one);
        Latencies latencies = whole.latencies();
        return new EdgeSummary(
                key.id(),
                key.source().id(),
                key.target().id(),
                key.protocol(),
                totals.requests(),
                shown == View.RECEIVER
                        ? totals.requests()
                        : counts.totals(View.RECEIVER).requests(),
                whole.rate(window.rateSeconds()),
                whole.successShare(),
                latencies.p50(),
                latencies.p90(),
                latencies.p99(),
                totals.retries(),
                totals.requestBytes(),
                totals.responseBytes(),
                Map.copyOf(totals.byFate()),
                tlsWithin(whole),
                emptyToNull(sourceIdentity),
                emptyToNull(targetIdentity),
                versions,
                List.copyOf(routes),
                lastSeen,
                stale(window.now()),
                shown.label(),
                counts.inFlight(shown),
                loss(totals));
    }

    private @Nullable Double loss(Totals sent) {
        long tried = sent.requests() + sent.retries();
        if (shown == View.RECEIVER || !counts.has(View.RECEIVER) || tried == 0) {
            return null;
        }
        long received = counts.totals(View.RECEIVER).requests();
        return (double) Math.max(0, tried - received) / tried;
    }

    /** True when one of its ends speaks. */
    synchronized boolean counts(View view) {
        return counts.has(view);
    }

    private List<VersionSummary> versions(Totals totals, Window window, WindowSum whole, WindowSum one) {
        List<VersionSummary> versions = new ArrayList<>(histories.size());
        TreeSet<String> names = new TreeSet<>(totals.byVersion().keySet());
        names.addAll(histories.keySet());
        for (String version : names) {
            one.clear();
            History history = histories.get(version);
            if (history != null) {
                history.sum(window.from(), window.to(), one);
                whole.add(one);
            }
            if (!version.isEmpty() && versions.size() < GraphLimits.MAX_VERSIONS) {
                versions.add(new VersionSummary(
                        version,
                        totals.byVersion().getOrDefault(version, 0L),
                        one.rate(window.rateSeconds()),
                        one.successShare(),
                        one.latencies().p99()));
            }
        }
        return List.copyOf(versions);
    }

    synchronized EdgeTotals totals() {
        Totals sent = counts.totals(View.SENDER);
        Totals received = counts.totals(View.RECEIVER);
        Totals main = shown == View.SENDER ? sent : received;
        return new EdgeTotals(key, main.requests(), main.failed(), sent.latencies(), received.latencies());
    }

    synchronized List<Second> copySince(long second) {
        List<Second> copies = new ArrayList<>();
        histories.values().forEach(history -> copies.addAll(history.copySince(second)));
        return copies;
    }

    private boolean stale(long now) {
        return now - lastSeen > (counts.inFlight() ? STALE_IN_FLIGHT_MILLIS : STALE_MILLIS);
    }

    private @Nullable String tlsWithin(WindowSum sum) {
        if (sum.requests == 0) {
            return emptyToNull(tls);
        }
        if (sum.mutual == 0) {
            return Vocabulary.TLS_NONE;
        }
        return sum.mutual == sum.requests ? Vocabulary.TLS_MUTUAL : "mixed";
    }

    /** The sender's counts replace the receiver's when first they come: the two must not add up. */
    private void show(View counted) {
        if (counted == View.SENDER && shown == View.RECEIVER) {
            showInstead(View.SENDER);
        }
    }

    private void showInstead(View view) {
        shown = view;
        histories.clear();
        routes.clear();
    }

    private void describe(SeriesLabels labels) {
        sourceIdentity = labels.sourceIdentity().isEmpty() ? sourceIdentity : labels.sourceIdentity();
        targetIdentity = labels.targetIdentity().isEmpty() ? targetIdentity : labels.targetIdentity();
        tls = labels.tls().isEmpty() ? tls : labels.tls();
        if (labels.view() == shown && !labels.route().isEmpty() && routes.size() < GraphLimits.MAX_ROUTES) {
            routes.add(labels.route());
        }
    }

    private History history(String version) {
        History known = histories.get(version);
        if (known != null) {
            return known;
        }
        // Beyond the limit all versions share one history, that of no version in particular.
        String name = histories.size() < GraphLimits.MAX_VERSIONS ? version : "";
        return histories.computeIfAbsent(name, any -> new History());
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
