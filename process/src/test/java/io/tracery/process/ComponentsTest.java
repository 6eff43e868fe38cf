package io.tracery.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComponentsTest {

    private final List<String> events = new ArrayList<>();

    private final class Recorded implements Component {
        private final String name;
        private final boolean starts;

        Recorded(String name, boolean starts) {
            this.name = name;
            this.starts = starts;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() {
            events.add("start " + name);
            if (!starts) {
                throw new IllegalStateException(name + " cannot start");
            }
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public void close() {
            events.add("close " + name);
        }
    }

    @Test
    void startsInOrderAndClosesInReverseOrderOnce() throws Exception {
        Components components = new Components("all", List.of(new Recorded("a", true), new Recorded("b", true)));

        components.start();
        components.close();
        components.close();

        assertThat(events).containsExactly("start a", "start b", "close b", "close a");
    }

    @Test
    void closesWhatHadStartedWhenOneCannot() {
        Components components = new Components(
                "all", List.of(new Recorded("a", true), new Recorded("b", false), new Recorded("c", true)));

        assertThatThrownBy(components::start).hasMessage("b cannot start");
        assertThat(events).containsExactly("start a", "start b", "close b", "close a");
    }
}
