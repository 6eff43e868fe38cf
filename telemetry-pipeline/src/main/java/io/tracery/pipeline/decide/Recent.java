package io.tracery.pipeline.decide;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is known by name, of so many names at most: the one that was not asked for the longest gives way. Confined to one thread. */
final class Recent<V> {

    private final Map<String, V> known;

    Recent(int most) {
        this.known = new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    @Nullable
    V get(String name) {
        return known.get(name);
    }

    V getOrMake(String name, Function<String, V> make) {
        V found = known.get(name);
        if (found == null) {
            found = make.apply(name);
            known.put(name, found);
        }
        return found;
    }
}
