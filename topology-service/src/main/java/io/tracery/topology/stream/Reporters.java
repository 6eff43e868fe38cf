package io.tracery.topology.stream;

import io.tracery.topology.graph.Measure;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who reported lately, and which series. A proxy names a series by the same bytes in each report, so that what they mean is found out
 * once, and looked up from then on. Those that did not report for longest are forgotten when there are too many series. Confined to
 * the stream's thread.
 */
final class Reporters {

    /** One resource. */
    static final class Reporter {

        final Map<String, String> resource;
        private final Map<Measure, Map<Name, KnownSeries>> series = new EnumMap<>(Measure.class);

        Reporter(Map<String, String> resource) {
            this.resource = resource;
        }

        private Map<Name, KnownSeries> of(Measure measure) {
            return series.computeIfAbsent(measure, any -> new HashMap<>());
        }

        private int size() {
            return series.values().stream().mapToInt(Map::size).sum();
        }
    }

    /** Reads a resource of which nothing is known. */
    interface Reader<E extends Exception> {
        Map<String, String> read() throws E;
    }

    private final int most;
    private final LinkedHashMap<Name, Reporter> reporters = new LinkedHashMap<>(16, 0.75f, true);
    /** Other bytes may mean the same series, of which there must be one: its newest value is counted from. */
    private final Map<SeriesKey, KnownSeries> byKey = new HashMap<>();

    private final Name probe = new Name();
    private int count;

    /** @param most series and reporters that are known, about */
    Reporters(int most) {
        this.most = most;
    }

    <E extends Exception> Reporter reporter(byte[] bytes, int from, int to, Reader<E> reader) throws E {
        probe.of(bytes, from, to, 0);
        Reporter known = reporters.get(probe);
        if (known == null) {
            Name name = probe.copy();
            known = new Reporter(reader.read());
            reporters.put(name, known);
            grew(known);
        }
        return known;
    }

    /** Null when it is not known. */
    @Nullable
    KnownSeries series(Reporter reporter, byte[] bytes, int from, int to, Measure measure, long startNanos) {
        KnownSeries known = reporter.of(measure).get(probe.of(bytes, from, to, startNanos));
        return known == null || known.forgotten ? null : known;
    }

    /** The series that the last look-up did not find, under its bytes from now on. */
    KnownSeries learn(Reporter reporter, Measure measure, SeriesKey key) {
        KnownSeries series = byKey.computeIfAbsent(key, KnownSeries::new);
        if (reporter.of(measure).put(probe.copy(), series) == null) {
            grew(reporter);
        }
        return series;
    }

    /** The series of a key, named in a way that is not remembered. */
    KnownSeries known(SeriesKey key) {
        KnownSeries known = byKey.get(key);
        return known == null ? new KnownSeries(key) : known;
    }

    /** By one; the last to report is kept. */
    private void grew(Reporter latest) {
        count++;
        Iterator<Reporter> eldest = reporters.values().iterator();
        while (count > most && eldest.hasNext()) {
            Reporter longest = eldest.next();
            count -= longest.size();
            forget(longest);
            if (longest != latest) {
                count--;
                eldest.remove();
            }
        }
    }

    private void forget(Reporter reporter) {
        for (Map<Name, KnownSeries> named : reporter.series.values()) {
            for (KnownSeries series : named.values()) {
                // It may have a name with another reporter, too.
                series.forgotten = true;
                byKey.remove(series.key, series);
            }
        }
        reporter.series.clear();
    }
}
