package io.tracery.shop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Runs the shop, or some of it: {@code ShopApp [--services front,cart]}. Everything else comes from the environment, see
 * {@link Settings}.
 */
public final class ShopApp {

    private static final int EXIT_USAGE = 64;

    private ShopApp() {}

    public static void main(String[] args) throws InterruptedException {
        Shop shop;
        try {
            shop = new Shop(instances(args), new Settings(System.getenv()));
            shop.start();
        } catch (IllegalArgumentException e) {
            exit(EXIT_USAGE, e.getMessage());
            return;
        } catch (Exception e) {
            exit(1, e.getMessage());
            return;
        }
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            shop.close();
            closed.countDown();
        }));
        System.out.println("ready");
        closed.await();
    }

    /** Every instance of the services that are named; all of them where none is. */
    static List<Instance> instances(String[] args) {
        if (args.length == 0) {
            return Instance.ALL;
        }
        if (args.length != 2 || !args[0].equals("--services")) {
            throw new IllegalArgumentException("usage: ShopApp [--services front,cart]");
        }
        List<Instance> chosen = new ArrayList<>();
        for (String name : Arrays.asList(args[1].split(",", -1))) {
            List<Instance> found = Instance.ALL.stream()
                    .filter(instance ->
                            instance.service().equals(name) || instance.name().equals(name))
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException("the shop has no service " + name + ": "
                        + Instance.ALL.stream()
                                .map(Instance::service)
                                .distinct()
                                .toList());
            }
            chosen.addAll(found);
        }
        return chosen;
    }

    private static void exit(int status, @Nullable String message) {
        System.err.println(message);
        System.exit(status);
    }
}
