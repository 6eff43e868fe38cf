package io.tracery.pipeline;

import io.tracery.pipeline.decide.Policies;
import io.tracery.pipeline.decide.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@link Policies} as they stand in a file; what is left out is as {@link Policies#DEFAULT} has it.
 *
 * @param off labels of reasons that are not looked for
 */
record PolicySettings(
        @Nullable List<String> off,
        @Nullable Double slowest,
        @Nullable Double floorPerSecond,
        @Nullable Double share,
        @Nullable Long bytesPerSecond) {

    /** @throws IllegalArgumentException for a value out of its bounds; says which, and what it may be */
    Policies policies() {
        Policies usual = Policies.DEFAULT;
        return new Policies(
                off == null ? usual.off() : reasons(off),
                slowest == null ? usual.slowest() : slowest,
                floorPerSecond == null ? usual.floorPerSecond() : floorPerSecond,
                share == null ? usual.share() : share,
                bytesPerSecond == null ? usual.bytesPerSecond() : bytesPerSecond);
    }

    private static Set<Reason> reasons(List<String> labels) {
        Set<Reason> reasons = EnumSet.noneOf(Reason.class);
        for (String label : labels) {
            reasons.add(Stream.of(Reason.values())
                    .filter(reason -> reason.label().equals(label.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("off: " + label
                            + " is no reason; set it to some of "
                            + Stream.of(Reason.values()).map(Reason::label).collect(Collectors.joining(", ")))));
        }
        return reasons;
    }
}
