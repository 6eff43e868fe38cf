package io.tracery.load.lab.work;

import io.tracery.load.lab.load.Generator;
import io.tracery.load.lab.load.Outcome;
import io.tracery.load.lab.load.TlsConnections;
import io.tracery.load.lab.peer.Shape;
import io.tracery.load.lab.peer.Site;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** New connections with mutual TLS, one request on each, whole handshakes; and many that are open and idle. */
public final class Connections implements Work {

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public String summary() {
        return "mutual TLS 1.3 (P-256) connections into one proxy, one request on each: new ones at a rate, and idle ones";
    }

    @Override
    public Shape shape() {
        return Shape.MTLS_INBOUND;
    }

    @Override
    public Cost cost() {
        return new Cost("handshakes_per_second", "cpu_ms_per_handshake", 1e3);
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.of(Measure.SATURATED, Measure.IDLE);
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public Outcome load(Target target, int seconds) throws IOException, InterruptedException {
        List<String> rate =
                List.of("--rate", Integer.toString(target.handshakes()), "--seconds", Integer.toString(seconds));
        try (Generator generator = Generator.start(TlsConnections.class, arguments(target, rate))) {
            return parse(generator.line());
        }
    }

    /** The arguments of {@link TlsConnections} for this target. */
    public static List<String> arguments(Target target, List<String> more) {
        Site.Identity id = target.identity();
        return Stream.concat(
                        Stream.of(
                                "--port",
                                Integer.toString(target.port()),
                                "--root",
                                id.root().toString(),
                                "--certificate",
                                id.certificate().toString(),
                                "--key",
                                id.key().toString()),
                        more.stream())
                .toList();
    }

    static Outcome parse(String line) {
        String[] words = line.split(" ");
        return new Outcome(Long.parseLong(words[0]), Long.parseLong(words[1]), Double.parseDouble(words[2]));
    }
}
