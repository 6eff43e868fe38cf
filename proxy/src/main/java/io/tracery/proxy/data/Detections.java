package io.tracery.proxy.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ports of undeclared protocol were found to speak, listener by listener: kept so that the next connection need not
 * wait, counted, and told as advice. Any thread.
 */
public final class Detections {

    /** Listeners that are remembered; connections of further ones are counted together as {@link #OTHERS}. */
    static final int MOST = 4096;

    /** Stands for every listener beyond the bound. */
    static final String OTHERS = "(others)";

    private static final Logger log = LoggerFactory.getLogger(Detections.class);

    private final Map<String, Opening> latest = new ConcurrentHashMap<>();
    private final Map<Of, LongAdder> counts = new ConcurrentHashMap<>();
    private volatile Registration registration = (of, count) -> {};

    /** What a count is of. */
    public record Of(String listener, Opening opening) {}

    /** Hears of each listener and opening once, with its count. */
    public interface Registration {

        void add(Of of, LongAdder count);
    }

    /**
     * What is known of one listener.
     *
     * @param latest what its last connection spoke
     * @param connections how many spoke what
     * @param declare the {@code appProtocol} that would spare detection; null where it speaks several
     */
    public record View(
            String listener,
            String latest,
            Map<String, Long> connections,
            @Nullable String declare) {}

    /** Tells of all counts that there are and will be; there is one registration. */
    public void register(Registration one) {
        registration = one;
        counts.forEach(one::add);
    }

    /** What the listener's last connection spoke; {@link Opening#UNDECIDED} where there was none. */
    Opening latest(String listener) {
        return latest.getOrDefault(listener, Opening.UNDECIDED);
    }

    void found(String listener, Opening opening, long waitedMillis) {
        boolean remembered = latest.containsKey(listener) || latest.size() < MOST;
        if (remembered && latest.put(listener, opening) != opening) {
            log.debug("{} speaks {}", listener, opening.label());
        }
        count(new Of(remembered ? listener : OTHERS, opening), waitedMillis);
    }

    /** A connection ended before either side had said what it speaks, and is no exchange. */
    void gone(String listener) {
        boolean remembered = latest.containsKey(listener) || counts.size() < MOST;
        count(new Of(remembered ? listener : OTHERS, Opening.UNDECIDED), /* waitedMillis= */ 0);
    }

    private void count(Of of, long waitedMillis) {
        LongAdder count = counts.get(of);
        if (count == null) {
            LongAdder fresh = new LongAdder();
            LongAdder raced = counts.putIfAbsent(of, fresh);
            count = raced == null ? fresh : raced;
            if (raced == null) {
                registration.add(of, fresh);
                if (of.opening() == Opening.SERVER_FIRST) {
                    log.info(
                            "{}: the server speaks first; with the protocol declared as tcp the first connection need not"
                                    + " wait {} ms",
                            of.listener(),
                            waitedMillis);
                }
            }
        }
        count.increment();
    }

    /** Everything that was found, by name. */
    public List<View> all() {
        Map<String, Map<Opening, Long>> byListener = new TreeMap<>();
        counts.forEach((of, count) -> byListener
                .computeIfAbsent(of.listener(), name -> new EnumMap<>(Opening.class))
                .put(of.opening(), count.sum()));
        List<View> views = new ArrayList<>();
        byListener.forEach((listener, found) -> {
            Map<String, Long> connections = new TreeMap<>();
            found.forEach((opening, count) -> connections.put(opening.label(), count));
            views.add(new View(listener, latest(listener).label(), connections, declare(found)));
        });
        return views;
    }

    private static @Nullable String declare(Map<Opening, Long> found) {
        List<Opening> spoken = found.keySet().stream()
                .filter(opening -> opening != Opening.UNDECIDED)
                .toList();
        boolean tls = spoken.stream().allMatch(opening -> opening == Opening.TLS);
        boolean http = spoken.stream().allMatch(Opening::http);
        boolean opaque = spoken.stream().noneMatch(Opening::http);
        return spoken.isEmpty() ? null : http ? "http" : tls ? "tls" : opaque ? "tcp" : null;
    }
}
