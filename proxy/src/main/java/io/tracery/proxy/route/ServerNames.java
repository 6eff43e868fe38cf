package io.tracery.proxy.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where TLS that is passed through goes, by the server name that it asks for (RFC 6066 section 3). The most specific name
 * wins: itself before a wildcard, and of wildcards the longest. A wildcard stands for one label or more, as Envoy's
 * {@code server_names} and the Gateway API's hostnames have it.
 */
public final class ServerNames {

    private static final String WILDCARD = "*.";

    private final Map<String, ClusterSplit> exact = new HashMap<>();
    /** By what follows the asterisk: {@code .example.com}. */
    private final Map<String, ClusterSplit> suffixes = new HashMap<>();

    private final @Nullable ClusterSplit otherwise;

    /**
     * @param names in lower case, each itself or {@code *.} and a suffix
     * @param otherwise for all others, and for what asks for none; null for nowhere
     */
    public ServerNames(Map<String, ClusterSplit> names, @Nullable ClusterSplit otherwise) {
        this.otherwise = otherwise;
        names.forEach((name, split) -> {
            if (name.startsWith(WILDCARD)) {
                suffixes.put(name.substring(1), split);
            } else {
                exact.put(name, split);
            }
        });
    }

    /** @param name in lower case, empty for none */
    public @Nullable ClusterSplit find(String name) {
        ClusterSplit found = exact.get(name);
        for (int dot = name.indexOf('.', 1); found == null && dot > 0; dot = name.indexOf('.', dot + 1)) {
            found = suffixes.get(name.substring(dot));
        }
        return found == null ? otherwise : found;
    }

    /** Everywhere that it leads to. */
    public List<ClusterSplit> splits() {
        List<ClusterSplit> all = new ArrayList<>(exact.values());
        all.addAll(suffixes.values());
        if (otherwise != null) {
            all.add(otherwise);
        }
        return all;
    }
}
