package io.tracery.cli.check;

import io.tracery.cli.check.CheckReport.Freshness;
import io.tracery.cli.check.CheckReport.Graph;
import io.tracery.cli.check.CheckReport.Mtls;
import io.tracery.cli.check.CheckReport.Prometheus;
import io.tracery.cli.check.CheckReport.Requests;
import io.tracery.cli.check.CheckReport.Trace;
import io.tracery.cli.demo.Demo;
import io.tracery.cli.demo.DemoException;
import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Http;
import io.tracery.cli.demo.Ports;
import io.tracery.cli.demo.Sidecar;
import io.tracery.cli.demo.Terminal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a demo from outside, by the interfaces that anyone has: the load generator's counts, the graph's API, Jaeger's API,
 * TLS handshakes, Prometheus pages, the kernel's view of memory.
 */
public final class Check {

    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final int TOLD_PER_KIND = 5;

    /** The bar of the design: a request is in the graph within two seconds of its end, for 99 of 100. */
    private static final double FRESH_MILLIS = 2000;

    private final Demo demo;
    private final DemoPlan plan;
    private final Http http;
    private final Terminal terminal;
    private final List<String> problems = new ArrayList<>();

    public Check(Demo demo, Terminal terminal) {
        this.demo = demo;
        this.plan = demo.plan();
        this.http = demo.http();
        this.terminal = terminal;
    }

    /**
     * Starts the load, lets it run, then compares.
     *
     * @param underLoad how long customers keep coming
     */
    public CheckReport run(Duration underLoad) {
        try {
            return verified(underLoad);
        } catch (IOException | RuntimeException e) {
            demo.deaths().forEach(problems::add);
            problems.add("the check could not go on: " + (e instanceof DemoException ? e.getMessage() : e));
            problems.forEach(terminal::problem);
            return new CheckReport(false, null, null, null, null, null, null, null, null, null, null, null, problems);
        }
    }

    private CheckReport verified(Duration underLoad) throws IOException {
        GraphView baseline = settledGraph();
        SpanAccount spansAtRest = terminal.step("no span is under way", this::spansAtRest);
        Instant loadBegan = Instant.now();
        SpanBytes spansBefore = SpanBytes.now(plan, http);
        List<Long> ends = new ArrayList<>();
        FreshnessProbe probe = new FreshnessProbe(http, baseline.frontRequests());
        Prometheus prometheus;
        List<String> refusals;
        try (probe) {
            demo.startLoad();
            probe.start();
            long end = System.nanoTime() + underLoad.toNanos();
            refusals = terminal.step("strangers are turned away at every strict inbound port", this::handshakes);
            prometheus = terminal.step("metrics pages, read strictly", this::scrape);
            terminal.step("load for " + underLoad.toSeconds() + " s", () -> {
                sleepUntil(end);
                return true;
            });
        }
        LoadCounts counts = terminal.step("pause: nothing is under way any more", () -> LoadCounts.pause(http));
        GraphView graph = terminal.step("the graph counts what the customers counted", () -> settled(baseline, counts));
        ends.addAll(LoadCounts.ends(http));
        Trace trace = terminal.step("checkout traces, whole", () -> traces(loadBegan));

        SpanAccount spans = terminal.step("every span is accounted for", () -> accounted(spansAtRest));
        problems.addAll(spans.problems());

        requests(counts);
        EdgeCheck edges = new EdgeCheck(plan, counts, problems);
        Graph graphReport = edges.counts(graph.since(baseline));
        Mtls mtls = edges.mtls(graph, refusals);
        Freshness freshness = freshness(probe, ends, counts.firstAnsweredMillis() + underLoad.toMillis() / 2);
        CheckReport.Memory memory = memory();
        problems.addAll(demo.deaths());
        problems.forEach(terminal::problem);
        return new CheckReport(
                problems.isEmpty(),
                startupSeconds(counts),
                new Requests(counts.sent(), counts.answered(), counts.lost()),
                mtls,
                graphReport,
                freshness,
                trace,
                prometheus,
                memory,
                SpanBytes.now(plan, http).since(spansBefore),
                spans.spans(),
                spans.canariesSeen(),
                problems);
    }

    /** What an earlier demo in the same data directory left in the graph; waits until it no longer moves. */
    private GraphView settledGraph() throws IOException {
        long end = System.nanoTime() + SETTLE.toNanos();
        GraphView before = GraphView.fetch(http);
        while (System.nanoTime() < end) {
            sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
            GraphView now = GraphView.fetch(http);
            if (now.since(before).isEmpty()) {
                return now;
            }
            before = now;
        }
        throw new DemoException("the graph counts requests although nobody sends any");
    }

    /** Sidecars send spans of their own all the time, so that there is a moment to be waited for. */
    private SpanAccount spansAtRest() throws IOException {
        long end = System.nanoTime() + SETTLE.toNanos();
        SpanAccount before = SpanAccount.now(plan, http);
        while (System.nanoTime() < end) {
            sleepUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
            SpanAccount now = SpanAccount.now(plan, http);
            if (now.atRest() && now.equals(before)) {
                return now;
            }
            before = now;
        }
        return before;
    }

    /** What happened to the spans since then, once it adds up, or as it is when it did not come to that in time. */
    private SpanAccount accounted(SpanAccount before) throws IOException {
        long end = System.nanoTime() + SETTLE.toNanos();
        SpanAccount spans = SpanAccount.now(plan, http).since(before);
        while (!spans.problems().isEmpty() && System.nanoTime() < end) {
            sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(250));
            spans = SpanAccount.now(plan, http).since(before);
        }
        return spans;
    }

    /** The graph once it counts as the load generator does, or as it is when it did not come to that in time. */
    private GraphView settled(GraphView baseline, LoadCounts counts) throws IOException {
        long end = System.nanoTime() + SETTLE.toNanos();
        GraphView graph = GraphView.fetch(http);
        while (!graph.since(baseline).equals(counts.edges()) && System.nanoTime() < end) {
            sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(250));
            graph = GraphView.fetch(http);
        }
        return graph;
    }

    private void requests(LoadCounts counts) {
        if (counts.lost() > 0) {
            problems.add(counts.lost() + " requests did not end as they should have: "
                    + String.join(
                            "; ", counts.losses().stream().limit(TOLD_PER_KIND).toList()));
        }
        if (counts.skipped() > 0) {
            problems.add(counts.skipped() + " requests were not sent because too many were under way");
        }
    }

    /** What is wrong with the strict inbound ports, each beginning with the workload's name. */
    private List<String> handshakes() throws IOException {
        Handshake handshake = new Handshake(plan.data().trustAnchor());
        List<String> wrong = new ArrayList<>();
        for (Sidecar sidecar : plan.sidecars()) {
            for (Sidecar.Inbound inbound : sidecar.inbound()) {
                if (inbound.strict()) {
                    handshake
                            .problems(inbound.port(), sidecar.identity(plan.trustDomain()))
                            .forEach(problem -> wrong.add(sidecar.workload() + ": " + problem));
                }
            }
        }
        return wrong;
    }

    private Prometheus scrape() {
        List<Integer> targets = new ArrayList<>(List.of(Ports.ADMIN));
        plan.sidecars().forEach(sidecar -> targets.add(sidecar.adminPort()));
        int parsed = 0;
        for (int target : targets) {
            String url = Demo.url(target, "/metrics");
            try {
                // What Prometheus asks for by itself, and what everything older understands.
                readStrictly(
                        http.get(url, "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"));
                readStrictly(http.get(url, "text/plain;version=0.0.4"));
                parsed++;
            } catch (IOException | PrometheusText.MalformedException e) {
                problems.add(url + " cannot be read by Prometheus: " + e.getMessage());
            }
        }
        return new Prometheus(targets.size(), parsed);
    }

    private static void readStrictly(Http.Page page) throws IOException, PrometheusText.MalformedException {
        if (page.status() != 200) {
            throw new IOException("it answers " + page.status());
        }
        if (PrometheusText.samples(page.contentType(), page.body()) == 0) {
            throw new IOException("it has no samples");
        }
    }

    private Trace traces(Instant since) throws IOException {
        long end = System.nanoTime() + SETTLE.toNanos();
        TraceReport report = TraceReport.fetch(http, since);
        while (!report.complete() && System.nanoTime() < end) {
            sleepUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500));
            report = TraceReport.fetch(http, since);
        }
        report.problems().stream().limit(TOLD_PER_KIND).forEach(problems::add);
        return new Trace(report.hops(), report.complete());
    }

    /** Of the second half of the load: in the first everything is still becoming warm. */
    private @Nullable Freshness freshness(FreshnessProbe probe, List<Long> ends, long since) {
        List<Long> delays = FreshnessProbe.delays(probe.sightings(), ends, since);
        if (delays.isEmpty()) {
            problems.add("no request became visible in the graph while the load ran "
                    + (probe.failure().isEmpty() ? "" : "(" + probe.failure() + ")"));
            return null;
        }
        Freshness freshness =
                new Freshness(FreshnessProbe.quantile(delays, 0.5), FreshnessProbe.quantile(delays, 0.99));
        if (freshness.p99() > FRESH_MILLIS) {
            problems.add("a request is visible in the graph only after " + freshness.p99()
                    + " ms (p99), which should be at most " + FRESH_MILLIS);
        }
        return freshness;
    }

    private CheckReport.@Nullable Memory memory() {
        CheckReport.Memory memory = ProcessMemory.of(demo.processes());
        if (memory == null) {
            problems.add("this system does not tell how much memory a process has");
        }
        return memory;
    }

    private static double startupSeconds(LoadCounts counts) {
        // The process is older where its shell built first.
        long began = ManagementFactory.getRuntimeMXBean().getStartTime();
        return ProcessMemory.rounded((counts.firstAnsweredMillis() - began) / 1000.0);
    }

    private static void sleepUntil(long nanoTime) throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
