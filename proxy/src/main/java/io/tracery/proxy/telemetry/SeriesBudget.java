package io.tracery.proxy.telemetry;

/** How many series may still be made on one event loop, and how often there was no room. Confined to that loop. */
final class SeriesBudget {

    private int groups;
    private int outcomes;
    private long refused;

    SeriesBudget(Limits limits) {
        this.groups = limits.groups();
        this.outcomes = limits.outcomes();
    }

    boolean takeGroup() {
        if (groups == 0) {
            refused++;
            return false;
        }
        groups--;
        return true;
    }

    boolean takeOutcome() {
        if (outcomes == 0) {
            refused++;
            return false;
        }
        outcomes--;
        return true;
    }

    /** Exchanges that were counted in a coarser series than their own. */
    long refused() {
        return refused;
    }
}
