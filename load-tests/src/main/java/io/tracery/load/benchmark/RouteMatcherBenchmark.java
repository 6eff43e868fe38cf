package io.tracery.load.benchmark;

import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.RequestView;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Path;
import io.tracery.proxy.route.RouteTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finding the route of a request among many: half of them exact paths, half prefixes, and one that takes the rest. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseSerialGC")
public class RouteMatcherBenchmark {

    private static final int REQUESTS = 1_024;

    /** How many there are. */
    @Param({"10", "1000", "100000"})
    public int routes;

    private final Request[] requests = new Request[REQUESTS];
    private RouteTable table = new RouteTable("none", List.of());
    private int next;

    /** One request without headers or a query. */
    private record Request(String path) implements RequestView {

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public @Nullable String header(String name) {
            return null;
        }

        @Override
        public @Nullable String query(String name) {
            return null;
        }
    }

    @Setup
    public void build() {
        List<Route> all = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            String text = "/service-" + i + "/orders/v1";
            all.add(route("r" + i, i % 2 == 0 ? new Path.Exact(text) : new Path.Prefix(text)));
        }
        all.add(route("rest", new Path.Prefix("/")));
        table = new RouteTable("table", all);
        for (int i = 0; i < REQUESTS; i++) {
            // Evenly over all routes; every fourth is taken by the last one only.
            int route = (int) ((long) i * routes / REQUESTS);
            String element = i % 4 == 3 ? "/elsewhere-" : "/service-";
            requests[i] = new Request(element + route + "/orders/v1" + (route % 2 == 0 ? "" : "/17"));
        }
    }

    private static Route route(String name, Path path) {
        return new Route(
                name, new RouteMatch(path, "", List.of()), ClusterSplit.to("c"), Duration.ZERO, RetryPolicy.NONE);
    }

    @Benchmark
    public @Nullable Route find() {
        next = (next + 1) & (REQUESTS - 1);
        return table.find(requests[next]);
    }
}
