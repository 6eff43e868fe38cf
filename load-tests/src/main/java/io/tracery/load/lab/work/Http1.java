package io.tracery.load.lab.work;

import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.load.Wrk;
import io.tracery.load.lab.peer.Shape;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** GET of 1 KiB in HTTP/1.1 with keep-alive: through one proxy, a pair with mutual TLS, or one that sees bytes only. */
record Http1(String name, String summary, Shape shape) implements Work {

    static Http1 plain() {
        return new Http1("h1", "HTTP/1.1 GET, 1 KiB, keep-alive, three backends", Shape.HTTP1);
    }

    static Http1 pair() {
        return new Http1(
                "h1-mtls-pair",
                "HTTP/1.1 GET, 1 KiB, keep-alive, through two proxies with mutual TLS 1.3 (P-256) between, CPU of both",
                Shape.MTLS_PAIR);
    }

    static Http1 overTcp() {
        return new Http1("tcp", "the same bytes as h1, relayed as opaque TCP", Shape.TCP);
    }

    @Override
    public Cost cost() {
        return Cost.REQUESTS;
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.complementOf(EnumSet.of(Measure.IDLE, Measure.SIDECARS));
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
