package io.tracery.topology.stream;

import static io.tracery.topology.SettableClock.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.metrics.v1.MetricsData;
import io.tracery.topology.Call;
import io.tracery.topology.SimulatedProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to records on their way (lost, twice, in another order) and to this process (restarted, killed with
 * its newest writes lost), the graph's counts equal the truth once a later report of each proxy has arrived.
 *
 * <p>Another base seed: {@code -Dseed=N}.
 */
@Timeout(120)
class EventualTruthTest {

    private static final int RUNS = 100;
    private static final int STEPS = 120;
    private static final List<String> WORKLOADS = List.of("shop/front", "shop/cart", "shop/kv");

    /** What happened since the last commit of offsets: read again after a crash. */
    private final List<MetricsData> uncommitted = new ArrayList<>();

    private final List<MetricsData> late = new ArrayList<>();
    private final List<SimulatedProxy> proxies = new ArrayList<>();
    private final Map<String, Long> truth = new TreeMap<>();
    private final TableKit kit = new TableKit();

    static LongStream seeds() {
        long base = Long.getLong("seed", 20_260_101L);
        return LongStream.range(base, base + RUNS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void countsEqualTheTruthOnceALaterReportArrives(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 5; i++) {
            String workload = WORKLOADS.get(random.nextInt(WORKLOADS.size()));
            proxies.add(new SimulatedProxy(workload, "v1", "sidecar~" + workload + "-" + i, START - 1000));
        }
        for (int step = 1; step <= STEPS; step++) {
            kit.clock.set(START + step * 1000L);
            SimulatedProxy proxy = proxies.get(random.nextInt(proxies.size()));
            traffic(proxy, random);
            event(proxy, random);
        }
        late.forEach(kit::apply);
        proxies.forEach(proxy -> kit.apply(proxy.reportAll(kit.clock.millis() + 1)));

        assertThat(shown()).isEqualTo(truth);
        kit.restart();
        assertThat(shown()).isEqualTo(truth);
    }

    private void traffic(SimulatedProxy proxy, Random random) {
        int count = random.nextInt(4);
        String peer = WORKLOADS.get(random.nextInt(WORKLOADS.size()));
        boolean inbound = random.nextBoolean();
        Call call = inbound ? Call.from(peer) : Call.to(peer).version("v" + random.nextInt(2));
        call = random.nextInt(4) == 0 ? call.failing() : call;
        proxy.exchanges(call, count, Math.exp(random.nextGaussian() - 5));
        String edge = inbound ? peer + ">" + proxy.key() : proxy.key() + ">" + peer;
        truth.merge(edge + (inbound ? " received" : " sent"), (long) count, Long::sum);
    }

    private void event(SimulatedProxy proxy, Random random) {
        long now = kit.clock.millis();
        switch (random.nextInt(12)) {
            case 0 -> proxy.reportChanged(now); // lost on its way
            case 1 -> {
                MetricsData report = proxy.reportChanged(now);
                deliver(report);
                deliver(report);
            }
            case 2 -> late.add(proxy.reportAll(now));
            case 3 -> {
                if (!late.isEmpty()) {
                    deliver(late.remove(random.nextInt(late.size())));
                }
            }
            case 4 -> {
                // The last words of a proxy arrive, but maybe after its first ones of another life.
                late.add(proxy.reportAll(now));
                proxy.restart(now);
            }
            case 5 -> {
                commit();
                kit.restart();
            }
            case 6 -> crash(random);
            case 7 -> commit();
            case 8 -> kit.sweep();
            default -> deliver(proxy.reportChanged(now));
        }
    }

    private void deliver(MetricsData report) {
        kit.apply(report);
        uncommitted.add(report);
    }

    private void commit() {
        kit.store.commitAll();
        uncommitted.clear();
    }

    private void crash(Random random) {
        kit.store.crash(random.nextInt(kit.store.uncommittedWrites() + 1));
        kit.restart();
        List<MetricsData> again = List.copyOf(uncommitted);
        uncommitted.clear();
        again.forEach(this::deliver);
    }

    /** In the words of the truth: an edge that only its receiver reports is shown by that count. */
    private Map<String, Long> shown() {
        Map<String, Long> shown = new TreeMap<>();
        kit.requests().forEach((id, count) -> {
            boolean received = id.endsWith(" received");
            String edge = id.replace(":http", "").replace(" received", "");
            if (received || truth.containsKey(edge + " sent")) {
                shown.put(edge + (received ? " received" : " sent"), count);
            }
        });
        shown.keySet().retainAll(truth.keySet());
        return shown;
    }
}
