package io.tracery.process;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several components as one: started in order, ready when all are, closed in reverse order. When one cannot start, those
 * before it are closed again.
 */
public final class Components implements Component {

    private static final Logger log = LoggerFactory.getLogger(Components.class);

    private final String name;
    private final List<Component> parts;
    private final List<Component> started = new ArrayList<>();

    public Components(String name, List<? extends Component> parts) {
        this.name = name;
        this.parts = List.copyOf(parts);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void start() throws Exception {
        for (Component part : parts) {
            started.add(part);
            try {
                part.start();
            } catch (Exception e) {
                close();
                throw e;
            }
        }
    }

    @Override
    public boolean ready() {
        return parts.stream().allMatch(Component::ready);
    }

    @Override
    public synchronized void close() {
        for (Component part : started.reversed()) {
            try {
                part.close();
            } catch (RuntimeException e) {
                log.warn("{} did not close cleanly", part.name(), e);
            }
        }
        started.clear();
    }
}
