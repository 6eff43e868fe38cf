package io.tracery.pipeline.decide;

import java.util.ArrayList;
import java.util.List;

/** What was seen of one trace so far, as far as it matters for whether it is kept. Confined to one thread. */
public final class Facts {

    /** Of a trace with more, the first speak for all. */
    private static final int MOST_SIGHTINGS = 256;

    /** What one of them takes, with its name, about. */
    private static final int SIGHTING_MEMORY = 128;

    private final List<Sighting> sightings = new ArrayList<>(4);
    private int spans;
    private long bytes;
    private boolean error;
    private boolean intervened;
    private boolean marked;
    private boolean exemplar;
    private boolean root;
    private long rootEndNanos;

    /**
     * A request that came in somewhere, or went from one service to another.
     *
     * @param name service and operation, or caller and callee
     * @param nanos how long it took; negative where that is not looked at
     */
    record Sighting(String name, long nanos) {

        boolean endpoint() {
            return nanos >= 0;
        }
    }

    /** A request that an endpoint answered. */
    public void endpoint(String service, String operation, long nanos) {
        add(new Sighting(service + ' ' + operation, Math.max(0, nanos)));
    }

    /** A call from one service to another. */
    public void edge(String caller, String callee) {
        add(new Sighting(caller + '\n' + callee, -1));
    }

    private void add(Sighting sighting) {
        if (sightings.size() < MOST_SIGHTINGS) {
            sightings.add(sighting);
        }
    }

    public void error() {
        error = true;
    }

    public void intervened() {
        intervened = true;
    }

    public void marked() {
        marked = true;
    }

    public void exemplar() {
        exemplar = true;
    }

    /** The span without a parent: what there is to come is late. */
    public void root(long endNanos) {
        root = true;
        rootEndNanos = endNanos;
    }

    public void counted(int moreSpans, long moreBytes) {
        spans += moreSpans;
        bytes += moreBytes;
    }

    public int spans() {
        return spans;
    }

    public long bytes() {
        return bytes;
    }

    /** What it takes in memory beyond an object's size, about. */
    public int memory() {
        return SIGHTING_MEMORY * sightings.size();
    }

    public boolean hasRoot() {
        return root;
    }

    /** Unix time; 0 while the root has not come. */
    public long rootEndNanos() {
        return rootEndNanos;
    }

    /** Whether something was seen that speaks for it whatever else is seen. */
    boolean has(Reason reason) {
        return switch (reason) {
            case ERROR -> error;
            case INTERVENED -> intervened;
            case MARKED -> marked;
            case EXEMPLAR -> exemplar;
            case SLOW, FIRST_SEEN, FLOOR, SHARE -> false;
        };
    }

    List<Sighting> sightings() {
        return sightings;
    }
}
