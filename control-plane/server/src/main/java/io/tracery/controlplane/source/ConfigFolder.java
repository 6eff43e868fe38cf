package io.tracery.controlplane.source;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracery.controlplane.model.MeshModel;
import io.tracery.process.Component;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * Follows a folder of YAML files ({@code *.yaml}, {@code *.yml}, not below it). Whenever their text has changed they are
 * read as a whole: a model without problems takes effect, one with problems is reported and the last good one stays.
 */
public final class ConfigFolder implements Component {

    private static final Logger log = LoggerFactory.getLogger(ConfigFolder.class);
    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final long MOST_BYTES = 16 * 1024 * 1024;

    private final Path folder;
    private final Consumer<MeshModel> onModel;
    private final AtomicReference<List<Problem>> problems = new AtomicReference<>(List.of());
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mesh-config").daemon().factory());

    /** Null before the first reading; confined to the starting thread, then to the folder's own. */
    private @Nullable Map<String, String> lastRead;

    private volatile boolean loaded;

    /** @param onModel called on the folder's own thread with each model that takes effect */
    public ConfigFolder(Path folder, Consumer<MeshModel> onModel, MeterRegistry registry) {
        this.folder = folder;
        this.onModel = onModel;
        Gauge.builder("tracery.config.problems", problems, list -> list.get().size())
                .description("Problems in the mesh configuration; above 0 the last good one is in force")
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
        scan();
        thread.scheduleWithFixedDelay(this::scan, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void scan() {
        try {
            Map<String, String> files = readFiles();
            if (files.equals(lastRead)) {
                return;
            }
            lastRead = files;
            ModelReader.Reading reading = ModelReader.read(files);
            problems.set(reading.problems());
            if (reading.problems().isEmpty()) {
                onModel.accept(reading.model());
                log.info(
                        "mesh configuration in force: {} services, {} routes, {} sidecars from {} files",
                        reading.model().services().size(),
                        reading.model().routes().size(),
                        reading.model().sidecars().size(),
                        files.size());
                loaded = true;
            } else {
                log.error(
                        "mesh configuration is refused, {}:\n  {}",
                        loaded ? "the last good one stays in force" : "none is in force",
                        reading.problems().stream().map(Problem::toString).collect(Collectors.joining("\n  ")));
            }
        } catch (IOException | UncheckedIOException e) {
            problems.set(List.of(new Problem(folder.toString(), 1, "", "cannot be read: " + e)));
            log.warn("{} cannot be read, what is in force stays: {}", folder, e.toString());
        } catch (RuntimeException e) {
            // The thread must live: the next change may be the mend.
            log.error("the mesh configuration could not be taken over", e);
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
                texts.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return texts;
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
