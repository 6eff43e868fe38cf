package io.tracery.load.lab.work;

import java.util.List;
import java.util.stream.Collectors;

/** The works by name. */
public final class Works {

    private static final List<Work> ALL = List.of(
            Http1.plain(),
            Http1.pair(),
            Http1.overTcp(),
            Http2.get(),
            Http2.grpc(),
            new Connections(),
            new LargeBody(),
            new Sidecars());

    private Works() {}

    public static List<Work> all() {
        return ALL;
    }

    public static String known() {
        return ALL.stream().map(Work::name).collect(Collectors.joining(", "));
    }

    /**
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static Work named(String name) {
        return ALL.stream()
                .filter(work -> work.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such work: " + name + "; known: " + known()));
    }
}
