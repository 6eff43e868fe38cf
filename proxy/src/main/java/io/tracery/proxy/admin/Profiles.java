package io.tracery.proxy.admin;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tracery.proxy.admin.AdminPage.Answer;
import io.tracery.proxy.admin.AdminPage.Body;
import io.tracery.proxy.admin.AdminPage.Query;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import jdk.jfr.Recording;

/**
 * {@code /profile/cpu?seconds=10}: a flight recording of where the processor's time went, for JDK Mission Control or
 * {@code jfr}. {@code /profile/heap}: what lives in the heap, for a heap analyser; it holds what the heap holds, keys
 * included. One at a time.
 */
public final class Profiles {

    private static final int MOST_SECONDS = 120;
    private static final int SAMPLE_MILLIS = 5;

    private final AtomicBoolean busy = new AtomicBoolean();

    /** Where the processor's time goes. */
    public AdminPage cpu() {
        return AdminPage.local(query -> alone(() -> cpu(query)));
    }

    /** What lives in the heap. */
    public AdminPage heap() {
        return AdminPage.local(query -> alone(Profiles::heapDump));
    }

    private interface Work {
        Answer run() throws IOException, InterruptedException;
    }

    private Answer alone(Work work) throws IOException, InterruptedException {
        if (!busy.compareAndSet(false, true)) {
            return Answer.text(HttpResponseStatus.TOO_MANY_REQUESTS, "another profile is being taken\n");
        }
        try {
            return work.run();
        } finally {
            busy.set(false);
        }
    }

    private static Answer cpu(Query query) throws IOException, InterruptedException {
        int seconds = query.number("seconds", 10, 1, MOST_SECONDS);
        Path folder = Files.createTempDirectory("tracery-profile");
        try (Recording recording = new Recording()) {
            Path file = folder.resolve("cpu.jfr");
            recording.enable("jdk.CPUTimeSample").with("throttle", SAMPLE_MILLIS + "ms");
            recording.enable("jdk.ThreadCPULoad").withPeriod(Duration.ofSeconds(1));
            recording.enable("jdk.GarbageCollection");
            recording.setToDisk(true);
            recording.start();
            Thread.sleep(Duration.ofSeconds(seconds));
            recording.stop();
            recording.dump(file);
            return file(file);
        } finally {
            delete(folder);
        }
    }

    private static Answer heapDump() throws IOException {
        Path folder = Files.createTempDirectory("tracery-profile");
        try {
            Path file = folder.resolve("heap.hprof");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
            return file(file);
        } finally {
            delete(folder);
        }
    }

    private static Answer file(Path file) throws IOException {
        // Open, it outlives its name.
        return new Answer(HttpResponseStatus.OK, "application/octet-stream", new Body.OpenFile(FileChannel.open(file)));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.toList().reversed()) {
                Files.delete(path);
            }
        }
    }
}
