package io.tracery.shop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The whole shop on free ports with nothing between its services: callees start first, so that callers know their ports. */
public final class DirectShop implements AutoCloseable {

    private final Map<String, String> environment = new HashMap<>();
    private final List<Shop> running = new ArrayList<>();
    private final Map<String, Integer> ports = new HashMap<>();

    public DirectShop() throws Exception {
        environment.put("OTEL_SDK_DISABLED", "true");
        Instance.ALL.forEach(instance -> environment.put(instance.portVariable(), "0"));
        List<Instance> waiting = new ArrayList<>(Instance.ALL);
        while (!waiting.isEmpty()) {
            for (Instance instance : List.copyOf(waiting)) {
                if (ports.keySet().containsAll(instance.peers())) {
                    start(instance);
                    waiting.remove(instance);
                }
            }
        }
    }

    /** host:port of a service's instance that started last. */
    public String address(String service) {
        return "127.0.0.1:" + ports.get(service);
    }

    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            running.forEach(shop -> threads.execute(shop::close));
        }
    }

    private void start(Instance instance) throws Exception {
        instance.peers().forEach(peer -> environment.put(instance.addressVariable(peer), address(peer)));
        Shop shop = new Shop(List.of(instance), new Settings(environment));
        running.add(shop);
        shop.start();
        ports.put(instance.service(), shop.port(instance.name()));
    }
}
