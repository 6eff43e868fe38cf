package io.tracery.topology.history;

import io.tracery.topology.graph.EdgeKey;
import io.tracery.topology.graph.View;
import io.tracery.tracing.Vocabulary;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What happened on one edge within one window or several, as both of its ends counted it, by version and route. Confined to whoever
 * made it.
 */
public final class EdgeWindow {

    private static final Comparator<RowKey> ORDER =
            Comparator.comparing(RowKey::view).thenComparing(RowKey::version).thenComparing(RowKey::route);

    private final EdgeKey edge;
    private final TreeMap<RowKey, Tally> rows = new TreeMap<>(ORDER);
    private String sourceIdentity = "";
    private String targetIdentity = "";
    private long lastSeen;
    private long inFlight;

    public EdgeWindow(EdgeKey edge) {
        this.edge = edge;
    }

    /** @param open what had begun and not ended when the window was last looked at */
    void describe(String source, String target, long seen, long open) {
        if (seen >= lastSeen) {
            inFlight = open;
        }
        sourceIdentity = source.isEmpty() ? sourceIdentity : source;
        targetIdentity = target.isEmpty() ? targetIdentity : target;
        lastSeen = Math.max(lastSeen, seen);
    }

    Tally row(RowKey key) {
        return rows.computeIfAbsent(key, any -> new Tally());
    }

    /** As {@link #row}; beyond so many routes all others are one. */
    Tally row(RowKey key, int mostRows) {
        Tally known = rows.get(key);
        if (known != null || rows.size() < mostRows) {
            return known == null ? row(key) : known;
        }
        return row(new RowKey(key.view(), key.version(), RowKey.OTHER));
    }

    /** Adds another window of the same edge, or the same window as another end counted it. */
    public void add(EdgeWindow other) {
        other.rows.forEach((key, tally) -> row(key).add(tally));
        describe(other.sourceIdentity, other.targetIdentity, other.lastSeen, other.inFlight);
    }

    public EdgeKey edge() {
        return edge;
    }

    /** Not to be changed. */
    public Map<RowKey, Tally> rows() {
        return rows;
    }

    /** SPIFFE ID, empty where none was seen. */
    public String sourceIdentity() {
        return sourceIdentity;
    }

    /** SPIFFE ID, empty where none was seen. */
    public String targetIdentity() {
        return targetIdentity;
    }

    public long lastSeen() {
        return lastSeen;
    }

    public long inFlight() {
        return inFlight;
    }

    public boolean has(View view) {
        return rows.keySet().stream().anyMatch(key -> key.view() == view);
    }

    /** The end whose counts are the edge's: the sender's, where it speaks. */
    public View shown() {
        return has(View.SENDER) ? View.SENDER : View.RECEIVER;
    }

    /** The sum over versions and routes. */
    public Tally tally(View view) {
        return tally(key -> key.view() == view);
    }

    public Tally tally(Predicate<RowKey> which) {
        Tally sum = new Tally();
        rows.forEach((key, tally) -> {
            if (which.test(key)) {
                sum.add(tally);
            }
        });
        return sum;
    }

    /** Sums of one end's tallies, by version or route. */
    public Map<String, Tally> by(View view, Function<RowKey, String> what) {
        TreeMap<String, Tally> sums = new TreeMap<>();
        rows.forEach((key, tally) -> {
            if (key.view() == view) {
                sums.computeIfAbsent(what.apply(key), any -> new Tally()).add(tally);
            }
        });
        return sums;
    }

    /** Of the target, those that are known. */
    public NavigableSet<String> versions() {
        TreeSet<String> versions = new TreeSet<>();
        rows.keySet().forEach(key -> {
            if (!key.version().isEmpty()) {
                versions.add(key.version());
            }
        });
        return versions;
    }

    /** Whether exchanges were mutually authenticated: "mtls", "none" or "mixed"; null without any. */
    public @Nullable String tls() {
        Tally tally = tally(shown());
        if (tally.requests() == 0) {
            return sourceIdentity.isEmpty() || targetIdentity.isEmpty() ? null : Vocabulary.TLS_MUTUAL;
        }
        if (tally.mutual() == 0) {
            return Vocabulary.TLS_NONE;
        }
        return tally.mutual() == tally.requests() ? Vocabulary.TLS_MUTUAL : "mixed";
    }

    /** How many attempts of the sender the receiver did not count; null where either does not speak. */
    public @Nullable Long lost() {
        if (!has(View.SENDER) || !has(View.RECEIVER)) {
            return null;
        }
        Tally sent = tally(View.SENDER);
        return Math.max(
                0, sent.requests() + sent.retries() - tally(View.RECEIVER).requests());
    }

    /** The same as a share, 0 to 1. */
    public @Nullable Double loss() {
        Long lost = lost();
        if (lost == null) {
            return null;
        }
        Tally sent = tally(View.SENDER);
        long tried = sent.requests() + sent.retries();
        return tried == 0 ? null : (double) lost / tried;
    }
}
