package io.tracery.topology.graph;

import io.tracery.tracing.Vocabulary;
import io.tracery.tracing.span.Fate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
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

    /** The key's, which are asked for at each answer. */
    final String id;

    private final String source;
    private final String target;

    private final Changes changes;

    private final EdgeCounts counts = new EdgeCounts();
    private final TreeMap<String, History> histories = new TreeMap<>();
    private final TreeSet<String> routes = new TreeSet<>();
    /** The end whose counts are shown: the sender's as soon as there is one. */
    private View shown = View.RECEIVER;

    private String sourceIdentity = "";
    private String targetIdentity = "";
    private String tls = "";
    private long lastSeen;
    /** Whether it waits to be told of. */
    private boolean changed;

    private boolean announced;

    /** Version of the graph when this last changed by what this process counted; 0 when it never did. */
    private long changedAt;

    EdgeState(EdgeKey key, Changes changes) {
        this.key = key;
        this.id = key.id();
        this.source = key.source().id();
        this.target = key.target().id();
        this.changes = changes;
    }

    /** Under the lock, so that who looks for changes up to a version finds all of them. */
    private long touch() {
        changedAt = changes.next();
        return changedAt;
    }

    synchronized void admitSeries(int owner, View view) {
        counts.admitSeries(owner, view);
        touch();
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
            changes.next();
            return;
        }
        long stamp = touch();
        long time = Math.min(increment.toMillis(), now);
        lastSeen = Math.max(lastSeen, time);
        changed();
        if (increment.latencies() != null && labels.view() == shown) {
            Exchanges exchanges = new Exchanges(
                    increment.latencies(),
                    !labels.fate().equals(SERVED),
                    labels.tls().equals(Vocabulary.TLS_MUTUAL),
                    new Spread(Math.min(increment.fromMillis(), time), time));
            history(labels.version()).add(exchanges, oldestSecond, stamp);
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
        if (counts.inFlight(epoch) && millis > lastSeen) {
            lastSeen = millis;
            touch();
        }
    }

    /** True when nothing is left of the edge. */
    synchronized boolean forgetSeries(int owner, SeriesLabels labels, String epoch) {
        counts.forgetSeries(owner, labels.view(), epoch);
        touch();
        if (shown == View.SENDER && !counts.has(View.SENDER)) {
            showInstead(View.RECEIVER);
        }
        return counts.isEmpty();
    }

    /** Takes what an owner kept in place of what is counted of it; history stays. True when nothing is left of the edge. */
    synchronized boolean takeOver(int owner, @Nullable EdgeState kept, long now) {
        if (kept == null) {
            if (!counts.withdraw(owner)) {
                return false;
            }
            showWhatIsThere();
        } else {
            counts.takeOver(owner, kept.counts);
            describe(kept.sourceIdentity, kept.targetIdentity, kept.tls);
            lastSeen = Math.max(lastSeen, kept.lastSeen);
            showWhatIsThere();
            if (shown == kept.shown) {
                kept.routes.forEach(this::route);
            }
        }
        // Whoever told of this edge before may have ended before it told the newest.
        if (announced && now - lastSeen <= STALE_MILLIS) {
            changed();
        }
        touch();
        return counts.isEmpty();
    }

    /** What this process's owners have to say that changed after a version of the graph; null for nothing. */
    synchronized @Nullable EdgeShare share(IntPredicate owners, long after) {
        if (changedAt <= after) {
            return null;
        }
        boolean ours = counts.has(shown, owners);
        TreeMap<String, List<Second>> seconds = new TreeMap<>();
        if (ours) {
            histories.forEach((name, history) -> seconds.put(name, history.copyChanged(after)));
        }
        return new EdgeShare(
                key,
                sourceIdentity,
                targetIdentity,
                tls,
                lastSeen,
                counts.copies(owners),
                shown,
                ours ? List.copyOf(routes) : List.of(),
                seconds);
    }

    synchronized long changedAt() {
        return changedAt;
    }

    synchronized boolean abandoned() {
        return counts.isEmpty();
    }

    /** Takes what another process says of its owners; when something last happened, if that is news, else 0. */
    synchronized long merge(Set<Integer> owners, long round, EdgeShare share, long oldestSecond) {
        long received = counts.requests(View.RECEIVER);
        counts.replace(owners, share.parts(), round);
        if (counts.requests(View.RECEIVER) != received) {
            changed();
        }
        if (share.parts().isEmpty()) {
            showWhatIsThere();
            return 0;
        }
        describe(share.sourceIdentity(), share.targetIdentity(), share.tls());
        long news = share.lastSeen() > lastSeen ? share.lastSeen() : 0;
        lastSeen = Math.max(lastSeen, share.lastSeen());
        showWhatIsThere();
        boolean spokenFor =
                share.parts().stream().anyMatch(part -> part.view == share.shown() && owners.contains(part.owner));
        if (spokenFor && share.shown() == shown) {
            share.routes().forEach(this::route);
            share.seconds().forEach((name, cells) -> {
                History history = history(name);
                cells.forEach(cell -> history.put(cell, oldestSecond));
            });
        }
        return news;
    }

    synchronized boolean dropBefore(Set<Integer> owners, long round) {
        counts.dropBefore(owners, round);
        showWhatIsThere();
        return counts.isEmpty();
    }

    private void showWhatIsThere() {
        View there = counts.has(View.SENDER) ? View.SENDER : View.RECEIVER;
        if (there != shown && counts.has(there)) {
            showInstead(there);
        }
    }

    synchronized void trim(long oldestSecond) {
        histories.values().forEach(history -> history.trim(oldestSecond));
    }

    synchronized int histories() {
        return histories.size();
    }

    /** Of all processes that hold this edge, the one that counts at the end whose counts are shown speaks for it. */
    synchronized boolean speaksFor(IntPredicate owners) {
        return counts.has(shown, owners);
    }

    private void changed() {
        if (!changed) {
            changed = true;
            changes.tell(this);
        }
    }

    /**
     * That this edge changed since it was last told of, or null when somebody else tells. What it is now is read under the
     * same lock, so that a change is told of once however many threads make changes.
     *
     * @param owners that this process counts for
     */
    synchronized @Nullable EdgeChange takeChange(Window window, IntPredicate owners) {
        changed = false;
        if (window.now() - lastSeen > LEAVES_MILLIS) {
            return takeLeaving(window.now(), owners);
        }
        // Should this process have to go on for another that tells now, it says when the edge leaves.
        announced = true;
        return counts.has(shown, owners) ? new EdgeChange(key, summary(window)) : null;
    }

    /** That this edge left since it was told of; null when it did not, or somebody else tells. */
    synchronized @Nullable EdgeChange takeLeaving(long now, IntPredicate owners) {
        if (!announced || now - lastSeen <= LEAVES_MILLIS) {
            return null;
        }
        announced = false;
        return counts.has(shown, owners) ? new EdgeChange(key, null) : null;
    }

    synchronized boolean visible(long now) {
        return now - lastSeen <= LEAVES_MILLIS;
    }

    synchronized EdgeSummary summary(Window window) {
        return summary(window, new WindowSum(window.settledBefore()), new WindowSum(window.settledBefore()));
    }

    /** Adds to {@code whole}, which the caller has cleared, what ended within the window. */
    synchronized EdgeSummary summary(Window window, WindowSum whole, WindowSum one) {
        Totals totals = counts.totals(shown);
        List<VersionSummary> versions = versions(totals, window, whole, one);
        Latencies latencies = whole.latencies();
        return new EdgeSummary(
                id,
                source,
                target,
                key.protocol(),
                totals.requests(),
                shown == View.RECEIVER ? totals.requests() : counts.requests(View.RECEIVER),
                whole.rate(window.rateSeconds()),
                whole.successShare(),
                latencies.p50(),
                latencies.p90(),
                latencies.p99(),
                totals.retries(),
                totals.requestBytes(),
                totals.responseBytes(),
                Collections.unmodifiableSortedMap(new TreeMap<>(totals.byFate())),
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
        long received = counts.requests(View.RECEIVER);
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
        return new EdgeTotals(
                key,
                main.requests(),
                main.failed(),
                sent.latencies().copy(),
                received.latencies().copy());
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
        describe(labels.sourceIdentity(), labels.targetIdentity(), labels.tls());
        if (labels.view() == shown && !labels.route().isEmpty()) {
            route(labels.route());
        }
    }

    private void describe(String source, String target, String lastTls) {
        sourceIdentity = source.isEmpty() ? sourceIdentity : source;
        targetIdentity = target.isEmpty() ? targetIdentity : target;
        tls = lastTls.isEmpty() ? tls : lastTls;
    }

    private void route(String name) {
        if (routes.size() < GraphLimits.MAX_ROUTES) {
            routes.add(name);
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
