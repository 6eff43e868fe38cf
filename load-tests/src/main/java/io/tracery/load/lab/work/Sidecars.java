package io.tracery.load.lab.work;

import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.load.Wrk;
import io.tracery.load.lab.peer.Shape;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Five pairs with mutual TLS, which are ten sidecars on one machine: what each needs in memory after a while. */
final class Sidecars implements Work {

    @Override
    public String name() {
        return "sidecars";
    }

    @Override
    public String summary() {
        return "memory of ten sidecars: five pairs with mutual TLS, the first at 2,000/s, the others at 100/s";
    }

    @Override
    public Shape shape() {
        return Shape.MTLS_PAIR;
    }

    @Override
    public Cost cost() {
        return Cost.REQUESTS;
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.of(Measure.SIDECARS);
    }

    @Override
    public List<String> programs() {
        return List.of("wrk");
    }

    @Override
    public Outcome load(Target target, int seconds) throws IOException, InterruptedException {
        return Wrk.run(target.port(), target.connections(), seconds);
    }
}
