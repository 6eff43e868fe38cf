package io.tracery.shop.load;

import io.tracery.shop.net.HttpApplication;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/** Customers: {@code LoadGenerator [--target HOST:PORT] [--rate 1..500] [--control-port PORT] [--seed N]}. */
public final class LoadGenerator implements AutoCloseable {

    private static final int EXIT_USAGE = 64;

    private final OpenLoop loop;
    private final HttpApplication control;

    LoadGenerator(LoadOptions options) {
        Ledger ledger = new Ledger();
        this.loop = new OpenLoop(options, ledger);
        this.control = new HttpApplication(
                "load-generator",
                new InetSocketAddress("127.0.0.1", options.controlPort()),
                new Control(options, loop, ledger));
    }

    public static void main(String[] args) throws InterruptedException {
        LoadGenerator generator;
        try {
            generator = new LoadGenerator(LoadOptions.parse(args));
            generator.start();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(EXIT_USAGE);
            return;
        }
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            generator.close();
            closed.countDown();
        }));
        closed.await();
    }

    void start() {
        control.start();
        loop.start();
    }

    int controlPort() {
        return control.port();
    }

    @Override
    public void close() {
        loop.close();
        control.close();
    }
}
