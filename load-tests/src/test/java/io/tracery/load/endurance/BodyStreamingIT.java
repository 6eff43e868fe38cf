package io.tracery.load.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.load.endurance.BodyStreaming.Beside;
import io.tracery.load.endurance.BodyStreaming.Result;
import io.tracery.load.endurance.BodyStreaming.Way;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars that have 32 MiB of heap to begin with and 64 MiB of direct memory at most pass on more than both. */
@Timeout(180)
class BodyStreamingIT {

    private static final long BYTES = 128L << 20;

    @Test
    void aBodyLargerThanTheProxiesMemoryPassesBothWaysBesideASlowReader(@TempDir Path directory) throws Exception {
        try (BodyStreaming streaming =
                new BodyStreaming(directory, Path.of("..").toAbsolutePath().normalize())) {
            streaming.warmUp();
            for (Way way : Way.values()) {
                Result result = streaming.run(way, Beside.SLOW_READER, BYTES);
                assertThat(result.growth()).allMatch(mebibytes -> mebibytes <= BodyStreaming.MOST_GROWTH);
                assertThat(result.slowBytes()).isPositive();
            }
        }
    }
}
