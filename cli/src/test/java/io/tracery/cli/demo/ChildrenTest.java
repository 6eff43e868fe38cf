package io.tracery.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildrenTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private DataDir data;

    private final List<String> obituaries = new CopyOnWriteArrayList<>();

    @BeforeEach
    void prepare() {
        data = new DataDir(folder.resolve("data"));
        data.prepare();
    }

    @Test
    void endsTheLastGroupFirst() throws IOException {
        Path order = folder.resolve("order");
        try (Children children = children()) {
            start(
                    children,
                    "first",
                    "trap 'echo first >> " + order + "; exit' TERM; echo up; while :; do sleep 0.05; done");
            start(
                    children,
                    "second",
                    "trap 'echo second >> " + order + "; exit' TERM; echo up; while :; do sleep 0.05; done");
            await().atMost(Duration.ofSeconds(20)).until(() -> up("first") && up("second"));
        }
        assertThat(Files.readAllLines(order)).containsExactly("second", "first");
        assertThat(obituaries).isEmpty();
    }

    @Test
    void tellsOfAProcessThatEndedByItself() {
        try (Children children = children()) {
            start(children, "cart", "echo no such port; exit 3");

            await().atMost(Duration.ofSeconds(20)).until(() -> !obituaries.isEmpty());
        }
        assertThat(obituaries.getFirst()).contains("cart ended unexpectedly with status 3", "no such port");
    }

    @Test
    void knowsWhatAnEarlierDemoLeftRunning() throws IOException {
        try (Children earlier = children()) {
            long pid = start(earlier, "sidecar", "echo up; while :; do sleep 0.05; done")
                    .handle()
                    .pid();

            assertThat(Children.leftBy(data)).containsExactly("sidecar (" + pid + ")");
        }
        assertThat(Children.leftBy(data)).isEmpty();

        // The number of a process that is not the one that was started.
        Files.writeString(data.processes(), ProcessHandle.current().pid() + " 12345 sidecar\n");
        assertThat(Children.leftBy(data)).isEmpty();
    }

    private Children children() {
        return new Children(data, child -> obituaries.add(child.obituary()));
    }

    private static Child start(Children children, String name, String script) {
        return children.start(List.of(new Child.Command(name, List.of("sh", "-c", script), Map.of())))
                .getFirst();
    }

    private boolean up(String name) throws IOException {
        return Files.readString(data.log(name)).contains("up");
    }
}
