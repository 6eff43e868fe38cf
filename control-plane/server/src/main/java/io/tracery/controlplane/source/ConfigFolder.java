package io.tracery.controlplane.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.process.Component;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a folder of YAML files ({@code *.yaml}, {@code *.yml}, not below it, none that begins with a dot). Whenever
 * their text has changed and then stayed the same for one look more, so that nothing half written is taken, they are read
 * as a whole: a model without problems takes effect, one with problems is reported and the last good one stays.
 */
public final class ConfigFolder implements Component {

    private static final Logger log = LoggerFactory.getLogger(ConfigFolder.class);
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final long MOST_BYTES = 16 * 1024 * 1024;

    private final Path folder;
    private final Consumer<MeshModel> onModel;
    private final AtomicReference<List<Problem>> problems = new AtomicReference<>(List.of());
    private final Counter accepted;
    private final Counter refused;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mesh-config").daemon().factory());

    // Confined to the one who looks: the starter, then the thread.
    private @Nullable Map<String, String> lastSeen;
    private @Nullable Map<String, String> decided;
    private List<Problem> verdict = List.of();

    private volatile boolean loaded;

    /** @param onModel called on the folder's own thread with each model that takes effect */
    public ConfigFolder(Path folder, Consumer<MeshModel> onModel, MeterRegistry registry) {
        this.folder = folder;
        this.onModel = onModel;
        this.accepted = loads(registry, "accepted");
        this.refused = loads(registry, "refused");
        Gauge.builder("tracery.config.problems", problems, list -> list.get().size())
                .description("Problems in the mesh configuration; above 0 the last good one is in force")
                .register(registry);
    }

    private static Counter loads(MeterRegistry registry, String result) {
        return Counter.builder("tracery.config.loads")
                .description("Changes of the mesh configuration, by whether they took effect")
                .tag("result", result)
                .register(registry);
    }

    @Override
    public String name() {
        return "mesh configuration";
    }

    /** @throws IOException when the folder cannot be read; an invalid configuration in it is reported, not thrown */
    @Override
    public void start() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + " is not a folder: name the one with the mesh's YAML files");
        }
        lastSeen = readFiles();
        look();
        thread.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Map<String, String> files = readFiles();
            boolean still = files.equals(lastSeen);
            lastSeen = files;
            if (files.equals(decided)) {
                problems.set(verdict);
            } else if (still) {
                decide(files);
            }
        } catch (IOException | UncheckedIOException e) {
            report(List.of(new Problem(folder.toString(), 1, "", "cannot be read: " + e)));
        } catch (RuntimeException e) {
            // The thread must live, and the same files are tried again: what failed may be mended outside of them.
            decided = null;
            report(List.of(new Problem(folder.toString(), 1, "", "could not be taken over: " + e)));
        }
    }

    private void decide(Map<String, String> files) {
        ModelReader.Reading reading = ModelReader.read(files);
        if (reading.problems().isEmpty()) {
            onModel.accept(reading.model());
            log.info(
                    "mesh configuration in force: {} services, {} routes, {} sidecars from {} files",
                    reading.model().services().size(),
                    reading.model().routes().size(),
                    reading.model().sidecars().size(),
                    files.size());
            loaded = true;
            accepted.increment();
            problems.set(List.of());
        } else {
            refused.increment();
            report(reading.problems());
        }
        verdict = reading.problems();
        decided = files;
    }

    /** Says it once, however often it is found again. */
    private void report(List<Problem> found) {
        if (!found.equals(problems.getAndSet(found))) {
            log.error(
                    "mesh configuration is refused, {}:\n  {}",
                    loaded ? "the last good one stays in force" : "none is in force",
                    found.stream().map(Problem::toString).collect(Collectors.joining("\n  ")));
        }
    }

    private Map<String, String> readFiles() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        long bytes = 0;
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.filter(ConfigFolder::isYaml).toList()) {
                bytes += Files.size(file);
                if (bytes > MOST_BYTES) {
                    throw new IOException("the YAML files are larger than " + MOST_BYTES + " bytes together");
                }
                texts.put(file.getFileName().toString(), text(file));
            }
        }
        return texts;
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file.getFileName() + " is not UTF-8", e);
        }
    }

    private static boolean isYaml(Path file) {
        String name = file.getFileName().toString();
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && !name.startsWith(".") && Files.isRegularFile(file);
    }

    /** What is wrong with the folder as it is now; empty when it is in force. */
    public List<Problem> problems() {
        return problems.get();
    }

    /** True once a model has taken effect. */
    @Override
    public boolean ready() {
        return loaded;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
