package io.tracery.topology.stream;

import java.util.Locale;

/** Why a data point was not counted. */
enum PointDrop {
    /** Not one of the mesh's own metrics: anyone may write to the topic. */
    FOREIGN,
    /** One of the mesh's metrics, but not in the agreed shape. */
    INVALID,
    /** Of the same time as the newest one that was counted. */
    DUPLICATE,
    /** Older than the newest one that was counted. */
    OUT_OF_ORDER,
    /** Newer, but counts less without a new start. */
    DECREASED,
    /** The graph holds as many edges as it may. */
    EDGE_BUDGET,
    /** The edge has as many series as it may. */
    SERIES_BUDGET,
    /** The proxy had been silent for so long that its counts were closed; what it counted meanwhile is lost. */
    RETURNED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** As the label {@code reason} shows it. */
    String label() {
        return label;
    }
}
