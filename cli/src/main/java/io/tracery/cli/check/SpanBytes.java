package io.tracery.cli.check;

import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a span takes on its way: the growth of the topic's log, in which batches stand as they came, by the spans that the
 * sidecars say have arrived.
 *
 * @param log bytes
 * @param spans of all sidecars
 */
record SpanBytes(long log, long spans) {

    static SpanBytes now(DemoPlan plan, Http http) throws IOException {
        return new SpanBytes(
                size(plan.data().path().resolve("kafka")),
                MetricsPages.ofSidecars(plan, http).sum("tracery_telemetry_exported_total", "signal=\"spans\""));
    }

    /** Since then, each; null where nothing can be said, as when the log was trimmed meanwhile. */
    @Nullable
    Double since(SpanBytes before) {
        return spans > before.spans && log > before.log
                ? ProcessMemory.rounded((double) (log - before.log) / (spans - before.spans))
                : null;
    }

    /** Of all segments of the topic's partitions. */
    static long size(Path kafka) throws IOException {
        try (Stream<Path> files = Files.walk(kafka, 2)) {
            return files.filter(SpanBytes::segment).mapToLong(SpanBytes::bytes).sum();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean segment(Path file) {
        Path folder = file.getParent();
        return file.toString().endsWith(".log")
                && folder != null
                && folder.getFileName().toString().matches("mesh_spans-[0-9]+");
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
