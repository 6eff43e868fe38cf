package io.tracery.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tracery.pipeline.decide.Policies;
import io.tracery.pipeline.decide.Reason;
import io.tracery.process.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PolicyFileTest {

    @TempDir
    Path folder = Path.of("unset");

    private int writings;

    @Test
    void aChangedFileTakesEffect() throws IOException {
        try (PolicyFile policies = new PolicyFile(write("share: 0.5"))) {
            policies.start();
            assertThat(policies.get().share()).isEqualTo(0.5);

            write("off: [first_seen, FLOOR]");
            await().until(() -> policies.get().share() == Policies.DEFAULT.share());
            assertThat(policies.get().off()).containsExactlyInAnyOrder(Reason.FIRST_SEEN, Reason.FLOOR);
        }
    }

    @Test
    void whatItMayNotSayChangesNothingAndTheNextIsRead() throws IOException {
        try (PolicyFile policies = new PolicyFile(write("share: 0.5"))) {
            policies.start();
            for (String refused : List.of("off: [null]", "share: much", "[")) {
                FileTime changed = Files.getLastModifiedTime(write(refused));
                await().until(() -> policies.read().equals(changed));
                assertThat(policies.get().share()).as(refused).isEqualTo(0.5);
            }
            write("share: 0.25");
            await().until(() -> policies.get().share() == 0.25);
        }
    }

    @Test
    void saysWhatIsWrongAndWhere() {
        saysOf("off: [error, null]", "off[1] has no value");
        saysOf("off: [error, 7]", "off: 7 is no reason; set it to some of error, intervened");
        saysOf("off: [[error]]", "off[0]: Cannot deserialize");
        saysOf("off: error", "off is no list; write [error]");
        saysOf("share: much", "share: Cannot deserialize");
        saysOf("bytesPerSecond: [1]", "bytesPerSecond: Cannot deserialize");
        saysOf("slowest: -1", "slowest is -1.0; set it to 0 or more and at most 1");
        saysOf("null", "must be a mapping of keys to values");
    }

    private void saysOf(String yaml, String problem) {
        assertThatThrownBy(() -> new PolicyFile(write(yaml)).start())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("policies.yaml")
                .hasMessageContaining(problem);
    }

    /** Each time with another time of change, however coarse the file system's clock is. */
    private Path write(String yaml) throws IOException {
        Path next = Files.writeString(folder.resolve("next.yaml"), yaml);
        Files.setLastModifiedTime(next, FileTime.fromMillis(1_700_000_000_000L + 1_000L * writings++));
        return Files.move(next, folder.resolve("policies.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }
}
