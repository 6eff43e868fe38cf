package io.tracery.load.lab.work;

import io.tracery.load.lab.host.Backend;
import io.tracery.load.lab.load.Ask;
import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.peer.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Something that every proxy is made to do, always in the same way. */
public interface Work {

    /** What a person calls it. */
    String name();

    /** One line for the page. */
    String summary();

    Shape shape();

    /** Where the backends listen. */
    default List<Integer> backends() {
        return Backend.HTTP1_PORTS;
    }

    /** How the open loop asks the proxy, and the backends. */
    default Ask ask() {
        return Ask.HTTP1;
    }

    /** In which figures its cost is told. */
    Cost cost();

    /** What can be measured of a proxy that does it. */
    Set<Measure> measures();

    /** Programs that load it. */
    List<String> programs();

    /** As much as the proxy at this port can take, or the work's own rate, for about so many seconds. */
    Outcome load(Target target, int seconds) throws IOException, InterruptedException;

    /**
     * Names of figures.
     *
     * @param rate units per second
     * @param cpu CPU time per unit or per a million of them
     * @param scale what CPU-seconds per unit are multiplied with to give that
     */
    record Cost(String rate, String cpu, double scale) {

        static final Cost REQUESTS = new Cost("rps", "cpu_seconds_per_million", 1e6);
    }
}
