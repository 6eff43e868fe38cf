package io.tracery.load.lab.work;

import io.tracery.load.lab.host.Backend;
import io.tracery.load.lab.load.BodyReader;
import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.peer.Shape;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Bodies of GiB in HTTP/1.1, four at once, read as fast as they come. */
final class LargeBody implements Work {

    private static final int CONNECTIONS = 4;

    @Override
    public String name() {
        return "large-body";
    }

    @Override
    public String summary() {
        return "HTTP/1.1 GET of GiB, four at once";
    }

    @Override
    public Shape shape() {
        return Shape.HTTP1;
    }

    @Override
    public Cost cost() {
        return new Cost("gib_per_second", "cpu_seconds_per_gib", 1);
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.of(Measure.SATURATED);
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    /** By volume, not by time. */
    @Override
    public Outcome load(Target target, int seconds) throws IOException, InterruptedException {
        Outcome sum = new Outcome(0, 0, 0);
        while (sum.units() < target.bodyGibibytes()) {
            Outcome more = BodyReader.run(target.port(), Backend.BODY_PATH, CONNECTIONS);
            sum = new Outcome(sum.units() + more.units(), 0, sum.seconds() + more.seconds());
        }
        return sum;
    }
}
