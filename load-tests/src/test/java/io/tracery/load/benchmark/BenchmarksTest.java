package io.tracery.load.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, with each of its parameters; how fast says nothing here. */
class BenchmarksTest {

    private static final Path SOURCES = Path.of("src/main/java/io/tracery/load/benchmark");

    @Test
    void everyBenchmarkDoesWhatItMeasures() throws RunnerException, IOException {
        // Another run on the machine may hold the lock that keeps measurements apart.
        System.setProperty("jmh.ignoreLock", "true");
        Runner once = new Runner(new OptionsBuilder()
                .include("^io\\.tracery\\.load\\.benchmark\\.")
                .forks(0)
                .mode(Mode.SingleShotTime)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build());

        assertThat(once.run()).extracting(BenchmarksTest::className).containsAll(classes());
    }

    private static String className(RunResult result) {
        String method = result.getParams().getBenchmark();
        String type = method.substring(0, method.lastIndexOf('.'));
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static List<String> classes() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Benchmark.java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .toList();
        }
    }
}
