package io.tracery.proxy.balance;

import io.tracery.proxy.balance.ClusterBalancer.Surroundings;
import io.tracery.proxy.mesh.ClusterPolicy;
import io.tracery.proxy.mesh.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A cluster under traffic in simulated time: requests come at random at a given rate, endpoints answer as a test says.
 * The same seed gives the same run.
 */
final class Simulation {

    static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;

    private final SplittableRandom random;
    private final LoadBalancer balancer;
    private final Map<Integer, Behaviour> behaviours = new HashMap<>();
    private final PriorityQueue<Ending> endings = new PriorityQueue<>();
    private final Behaviour usual;
    private long now;
    private long arrival;

    /** How one endpoint answers. */
    interface Behaviour {

        /**
         * @param nowNanos since the simulation began
         * @param inFlight requests at this endpoint, this one included
         */
        Answer answer(long nowNanos, int inFlight, SplittableRandom random);
    }

    /** @param status 0 where none comes */
    record Answer(int status, long latencyNanos) {

        static Answer ok(double millis) {
            return new Answer(200, (long) (millis * MILLI));
        }

        static Answer failing(int status, double millis) {
            return new Answer(status, (long) (millis * MILLI));
        }
    }

    private record Ending(long at, EndpointLoad load, Answer answer) implements Comparable<Ending> {

        @Override
        public int compareTo(Ending other) {
            return Long.compare(at, other.at);
        }
    }

    /** What came of a stretch of time: requests by port, failures among them, and latencies. */
    record Result(Map<Integer, Integer> requests, int failures, List<Long> latencies) {

        int total() {
            return requests.values().stream().mapToInt(Integer::intValue).sum();
        }

        int to(int port) {
            return requests.getOrDefault(port, 0);
        }

        double share(int... ports) {
            return Arrays.stream(ports).map(this::to).sum() / (double) total();
        }
    }

    Simulation(long seed, ClusterPolicy policy, String zone, EjectionObserver observer, Behaviour usual) {
        this.random = new SplittableRandom(seed);
        this.usual = usual;
        this.balancer =
                new ClusterBalancer("simulated", policy, new Surroundings(zone, random.split(), () -> now, observer));
    }

    Simulation(long seed, ClusterPolicy policy, Behaviour usual) {
        this(seed, policy, "", EjectionObserver.NONE, usual);
    }

    /** Answers within the given latency and a quarter more or less. */
    static Behaviour takes(double millis) {
        return (now, inFlight, random) -> Answer.ok(millis * (0.75 + random.nextDouble() / 2));
    }

    Simulation endpoints(Endpoint... endpoints) {
        balancer.endpoints(List.of(endpoints));
        return this;
    }

    Simulation let(int port, Behaviour behaviour) {
        behaviours.put(port, behaviour);
        return this;
    }

    LoadBalancer balancer() {
        return balancer;
    }

    /** Requests come at this rate for this long; what is under way at the end goes on in the next stretch. */
    Result run(double perSecond, Duration stretch) {
        Map<Integer, Integer> requests = new HashMap<>();
        List<Long> latencies = new ArrayList<>();
        int failures = 0;
        long end = now + stretch.toNanos();
        if (arrival <= now) {
            arrival = now + gap(perSecond);
        }
        while (true) {
            Ending next = endings.peek();
            if (next != null && next.at() <= Math.min(arrival, end)) {
                endings.poll();
                now = next.at();
                finish(next);
            } else if (arrival <= end) {
                now = arrival;
                arrival += gap(perSecond);
                Ending begun = begin();
                if (begun == null) {
                    failures++;
                    continue;
                }
                failures += begun.answer().status() >= 500 || begun.answer().status() == 0 ? 1 : 0;
                latencies.add(begun.answer().latencyNanos());
                requests.merge(begun.load().endpoint().address().getPort(), 1, Integer::sum);
            } else {
                now = end;
                return new Result(requests, failures, latencies);
            }
        }
    }

    private long gap(double perSecond) {
        return (long) (-Math.log(1 - random.nextDouble()) / perSecond * SECOND) + 1;
    }

    private @Nullable Ending begin() {
        Pick pick = balancer.pick(null, LoadBalancer.NO_HASH, now);
        if (pick == null) {
            return null;
        }
        EndpointLoad load = pick.chosen();
        load.started();
        Behaviour behaviour = behaviours.getOrDefault(load.endpoint().address().getPort(), usual);
        Answer answer = behaviour.answer(now, load.inFlight(), random);
        Ending ending = new Ending(now + answer.latencyNanos(), load, answer);
        endings.add(ending);
        return ending;
    }

    private void finish(Ending ending) {
        if (ending.answer().status() == 0) {
            ending.load().failed(ending.answer().latencyNanos(), now);
        } else {
            ending.load().answered(ending.answer().status(), ending.answer().latencyNanos(), 0, now);
        }
    }
}
