package io.tracery.load.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.tracery.load.endurance.Arguments;
import io.tracery.load.lab.host.Machine;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.StoreLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Fills an empty store with a shop's traces as fast as it goes, which gives spans a second of CPU and bytes a span; then
 * searches while more comes in at a steady pace. {@code ./tracery bench search}.
 */
public final class SearchBench {

    private static final int WARM_UP_ROUNDS = 20;
    private static final double MICROS_PER_MILLI = 1_000;

    private final Options options;
    private final Filling filling;
    private final Searches searches;

    /**
     * @param spans that the store holds when the searches begin
     * @param rounds of ten searches each
     * @param pace spans a second that come in meanwhile
     */
    record Options(long spans, int rounds, long pace, long seed, boolean json) {

        static Options parse(List<String> words) {
            Arguments arguments = new Arguments(words);
            Options options = new Options(
                    (long) arguments.number("--spans", 1_000_000),
                    (int) arguments.number("--rounds", 200),
                    (long) arguments.number("--pace", 5_000),
                    (long) arguments.number("--seed", 1),
                    arguments.flag("--json"));
            arguments.end();
            return options;
        }
    }

    private SearchBench(Options options, LuceneTraceStore store) {
        this.options = options;
        this.filling = new Filling(store, new StoredTraces(options.seed));
        this.searches = new Searches(store, options.seed);
    }

    public static void main(String[] words) throws Exception {
        Options options;
        try {
            options = Options.parse(Arrays.asList(words));
        } catch (IllegalArgumentException e) {
            Arguments.refuse(e, "SearchBench [--spans N] [--rounds N] [--pace N] [--seed N] [--json]");
            return;
        }
        Path folder = Files.createTempDirectory("tracery-bench-search");
        StoreLimits limits = StoreLimits.keeping(Duration.ofDays(1), 64L << 30);
        try (LuceneTraceStore store = LuceneTraceStore.open(folder, limits, System::currentTimeMillis)) {
            ObjectNode result = new SearchBench(options, store).run(folder);
            System.out.println(options.json ? result.toString() : text(result));
        } finally {
            delete(folder);
        }
    }

    private ObjectNode run(Path folder) throws Exception {
        long cpuBefore = processCpuNanos();
        Filling.Cost cost = filling.add(options.spans, Long.MAX_VALUE);
        long cpu = processCpuNanos() - cpuBefore - cost.makerCpuNanos();
        long disk = sizeOf(folder);
        search();
        return result(cost, cpu, disk);
    }

    /** Searches round after round while another thread goes on filling. */
    private void search() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Callable<Void> steadily = () -> {
                while (!enough.get()) {
                    filling.add(options.pace, options.pace);
                }
                return null;
            };
            Future<Void> more = executor.submit(steadily);
            try {
                for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                    searches.round();
                }
                searches.forget();
                for (int round = 0; round < options.rounds && !more.isDone(); round++) {
                    searches.round();
                }
            } finally {
                enough.set(true);
            }
            more.get();
        }
    }

    private ObjectNode result(Filling.Cost cost, long cpuNanos, long disk) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode result = mapper.createObjectNode()
                .put("work", "search")
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("machine", Machine.describe())
                .put("seed", options.seed)
                .put("spans", cost.spans())
                .put("otlp_bytes_per_span", (double) cost.bytes() / cost.spans())
                .put("disk_bytes_per_span", (double) disk / cost.spans())
                .put("spans_per_cpu_second", cost.spans() * 1e9 / cpuNanos)
                .put("spans_per_second", cost.spans() * 1e9 / cost.nanos())
                .put("attributes_read", searches.attributesRead())
                .put("spans_per_second_while_searching", options.pace);
        result.set("search_ms", percentiles(mapper, searches.all()));
        ObjectNode each = result.putObject("searches_ms");
        for (Map.Entry<String, Histogram> search : searches.micros().entrySet()) {
            each.set(search.getKey(), percentiles(mapper, search.getValue()));
        }
        return result;
    }

    private static ObjectNode percentiles(ObjectMapper mapper, Histogram micros) {
        return mapper.createObjectNode()
                .put("count", micros.getTotalCount())
                .put("p50", micros.getValueAtPercentile(50) / MICROS_PER_MILLI)
                .put("p99", micros.getValueAtPercentile(99) / MICROS_PER_MILLI)
                .put("max", micros.getMaxValue() / MICROS_PER_MILLI);
    }

    private static String text(ObjectNode result) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d spans: %.1f bytes each on disk (%.0f as OTLP), %,.0f a second of CPU%n%n"
                        + "search while %,d spans come a second     p50 ms   p99 ms   max ms%n",
                result.path("spans").asLong(),
                result.path("disk_bytes_per_span").asDouble(),
                result.path("otlp_bytes_per_span").asDouble(),
                result.path("spans_per_cpu_second").asDouble(),
                result.path("spans_per_second_while_searching").asLong()));
        result.path("searches_ms")
                .properties()
                .forEach(search -> text.append(line(search.getKey(), search.getValue())));
        return text + line("all", result.path("search_ms"));
    }

    private static String line(String name, JsonNode search) {
        return String.format(
                Locale.ROOT,
                "%-39s %9.2f %8.2f %8.2f%n",
                name,
                search.path("p50").asDouble(),
                search.path("p99").asDouble(),
                search.path("max").asDouble());
    }

    /** Of all threads: those that merge, collect garbage and compile, too. */
    private static long processCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long sizeOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
