package io.tracery.pipeline.decide;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of a trace.
 *
 * @param reason why it is kept, or would have been; null where nothing spoke for it
 * @param kept false also where there was a reason and no room
 * @param shown by a metric as its example: there is room for all of it, whenever it comes
 */
public record Verdict(@Nullable Reason reason, boolean kept, boolean shown) {

    static final Verdict NOT_KEPT = new Verdict(null, /* kept= */ false, /* shown= */ false);

    /** There was a reason, and no room. */
    public boolean overBudget() {
        return !kept && reason != null;
    }
}
