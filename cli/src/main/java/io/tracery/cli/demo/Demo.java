package io.tracery.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The whole mesh on one machine: the standalone process, the shop, a sidecar process per instance, the load generator.
 * Closing it ends every process that it started.
 */
public final class Demo implements AutoCloseable {

    private static final Duration STANDALONE_DEADLINE = Duration.ofMinutes(2);
    private static final Duration SIDECAR_DEADLINE = Duration.ofMinutes(2);
    private static final Duration LOAD_DEADLINE = Duration.ofMinutes(1);

    private final DemoPlan plan;
    private final Terminal terminal;
    private final Children children;
    private final Http http = new Http();
    private final List<String> deaths = new CopyOnWriteArrayList<>();
    private volatile boolean started;
    private volatile @Nullable Child trainee;

    public Demo(DemoPlan plan, Terminal terminal) {
        this.plan = plan;
        this.terminal = terminal;
        this.children = new Children(plan.data(), this::died);
    }

    /**
     * Starts everything up to the load generator and returns when all of it is ready.
     *
     * @param fresh true to delete what earlier demos left in the data directory
     * @throws DemoException saying what could not start and why
     */
    public void start(boolean fresh) {
        DataDir data = plan.data();
        List<String> left = Children.leftBy(data);
        if (!left.isEmpty()) {
            throw new DemoException("an earlier demo still runs in " + data.path() + ": " + String.join(", ", left)
                    + ". End these processes by their number, or name another directory with --data-dir.");
        }
        terminal.step(plan.ports().claims().size() + " ports are free", () -> {
            plan.ports().requireFree();
            return true;
        });
        if (fresh) {
            data.clear();
        }
        data.prepare();
        Child standalone = children.start(List.of(plan.standalone())).getFirst();
        Child shop = children.start(List.of(plan.shop())).getFirst();
        terminal.step("standalone: Kafka, control plane, pipeline, search, topology", () -> {
            String ready = url(Ports.ADMIN, "/ready");
            await(
                    List.of(standalone, shop),
                    () -> http.ok(ready),
                    STANDALONE_DEADLINE,
                    "the standalone process",
                    ready);
            return true;
        });
        startSidecars();
        started = true;
    }

    /** Starts the load; returns when the first request was answered through the mesh. */
    public void startLoad() {
        Child load = children.start(List.of(plan.loadGenerator())).getFirst();
        String counts = url(Ports.LOAD_CONTROL, "/counts");
        terminal.step("load: " + plan.rate() + " requests per second through the mesh", () -> {
            await(
                    List.of(load),
                    () -> {
                        try {
                            return !http.get(counts).body().contains("\"answered\":0,");
                        } catch (IOException e) {
                            return false;
                        }
                    },
                    LOAD_DEADLINE,
                    "the first answer through the mesh",
                    counts);
            return true;
        });
    }

    /** Every process, in the order of its start. */
    public List<Child> processes() {
        return children.all();
    }

    /** What is known of processes that ended without having been told to. */
    public List<String> deaths() {
        return List.copyOf(deaths);
    }

    public DemoPlan plan() {
        return plan;
    }

    public Http http() {
        return http;
    }

    @Override
    public void close() {
        children.close();
        Child trained = trainee;
        if (trained != null) {
            plan.startCache().keep(trained.endedWhenTold());
        }
        http.close();
    }

    public static String url(int port, String path) {
        return "http://" + Ports.LOOPBACK + ":" + port + path;
    }

    private void startSidecars() {
        List<Sidecar> sidecars = plan.sidecars();
        List<Child> processes = children.start(plan.sidecarCommands());
        trainee = processes.stream()
                .filter(process -> process.name().equals(plan.trainee()))
                .findFirst()
                .orElse(null);
        List<String> waiting = new ArrayList<>();
        sidecars.forEach(sidecar -> waiting.add(url(sidecar.adminPort(), "/ready")));
        String name = sidecars.size() + " sidecars, each a process of its own";
        terminal.step(name, () -> {
            await(
                    processes,
                    () -> {
                        waiting.removeIf(http::ok);
                        terminal.progress(name + ": " + (sidecars.size() - waiting.size()) + " ready");
                        return waiting.isEmpty();
                    },
                    SIDECAR_DEADLINE,
                    "every sidecar",
                    sidecars.stream()
                            .map(sidecar -> url(sidecar.adminPort(), "/ready"))
                            .toList()
                            .toString());
            return true;
        });
    }

    private void await(List<Child> needed, BooleanSupplier ready, Duration deadline, String what, String where) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!ready.getAsBoolean()) {
            for (Child child : needed) {
                if (!child.alive()) {
                    throw new DemoException(child.obituary());
                }
            }
            if (System.nanoTime() > end) {
                throw new DemoException(what + " was not ready within " + deadline.toSeconds() + " s (" + where
                        + "); the logs are in " + plan.data().logs());
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    private void died(Child child) {
        String obituary = child.obituary();
        deaths.add(obituary);
        // Before that, the step that waits for the process says it.
        if (started) {
            terminal.problem(obituary);
        }
    }
}
