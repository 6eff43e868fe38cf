package io.tracery.proxy.telemetry;

/** How many series may still be made on one event loop, and how often there was no room. Confined to that loop. */
final class SeriesBudget {

    /** The last of the groups are not for templates of paths: who talks to whom counts more. */
    private static final int SHARE_WITHOUT_TEMPLATE = 4;

    private final int withoutTemplate;
    private int groups;
    private int outcomes;
    private long refused;

    SeriesBudget(Limits limits) {
        this.groups = limits.groups();
        this.withoutTemplate = limits.groups() / SHARE_WITHOUT_TEMPLATE;
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

    boolean roomForTemplate() {
        return groups > withoutTemplate;
    }

    /** One is counted in a coarser series than its own. */
    void refuse() {
        refused++;
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
