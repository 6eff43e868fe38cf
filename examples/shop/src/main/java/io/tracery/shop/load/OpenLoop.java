package io.tracery.shop.load;

import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.tracery.shop.net.Forwarded;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.service.Catalog;
import io.tracery.shop.temper.Temper;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests at a fixed rate, whether or not earlier ones were answered; latency runs from when a request was due, so a
 * stall is not hidden. A customer's next step takes the place of a new customer.
 */
final class OpenLoop implements AutoCloseable {

    private static final int MOST_UNDER_WAY = 256;

    /** While everything behind the front is cold, a rate alone would pile up requests until they fail. */
    private static final int MOST_UNDER_WAY_IN_RAMP = 4;

    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final Duration RAMP = Duration.ofSeconds(20);
    private static final Duration FIRST_ANSWER_POLL = Duration.ofMillis(20);
    private static final Duration PAUSE_DEADLINE = DEADLINE.plusSeconds(2);

    private final LoadOptions options;
    private final Ledger ledger;
    private final Temper temper;
    private final BlockingWebClient client;
    private final RandomGenerator random;
    private final String run = Long.toString(System.currentTimeMillis(), 36);
    private final Queue<Customer> waiting = new ConcurrentLinkedQueue<>();
    private final Thread thread = Thread.ofPlatform().name("open-loop").daemon().unstarted(this::run);
    private volatile boolean paused;
    private volatile boolean closed;

    /** Confined to the loop's thread. */
    private long customers;

    OpenLoop(LoadOptions options, Ledger ledger) {
        this.options = options;
        this.ledger = ledger;
        this.temper = new Temper(options.seed());
        this.random = new SplittableRandom(options.seed());
        this.client = WebClient.builder("h1c://" + options.target())
                .responseTimeout(DEADLINE)
                .build()
                .blocking();
    }

    void start() {
        thread.start();
    }

    /** Sends nothing more and waits until nothing is under way; false when that took longer than any request may. */
    boolean pause() throws InterruptedException {
        paused = true;
        long deadline = System.nanoTime() + PAUSE_DEADLINE.toNanos();
        while (ledger.underWay() > 0) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return true;
    }

    void resume() {
        paused = false;
    }

    boolean paused() {
        return paused;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** @param step index of the step that comes next */
    private record Customer(String name, Journey journey, int step, String product) {

        Step next() {
            return journey.steps().get(step);
        }

        @Nullable
        Customer after() {
            return step + 1 < journey.steps().size() ? new Customer(name, journey, step + 1, product) : null;
        }
    }

    private void run() {
        awaitFirstAnswer();
        long began = System.nanoTime();
        long due = began;
        while (!closed) {
            long early = due - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
                continue;
            }
            if (paused) {
                // What was not sent in a pause is not made up for.
                due = System.nanoTime() + gapNanos(began);
                continue;
            }
            if (warmingUp(began) && ledger.underWay() >= MOST_UNDER_WAY_IN_RAMP) {
                due = System.nanoTime() + gapNanos(began);
                continue;
            }
            sendOne(due);
            due += gapNanos(began);
        }
    }

    private static boolean warmingUp(long began) {
        return System.nanoTime() - began < RAMP.toNanos();
    }

    /** One request at a time: behind the first lie cold caches, connections to be made and code to be loaded. */
    private void awaitFirstAnswer() {
        while (!closed && ledger.answered() == 0) {
            if (!paused && ledger.underWay() == 0) {
                sendOne(System.nanoTime());
            }
            LockSupport.parkNanos(FIRST_ANSWER_POLL.toNanos());
        }
    }

    /** The rate grows from a tenth to all of it over the ramp. */
    private long gapNanos(long began) {
        double grown = Math.min(1, 0.1 + (System.nanoTime() - began) / (double) RAMP.toNanos());
        return (long) (TimeUnit.SECONDS.toNanos(1) / (options.rate() * grown));
    }

    private void sendOne(long due) {
        if (ledger.underWay() >= MOST_UNDER_WAY) {
            ledger.skipped();
            return;
        }
        Customer customer = waiting.poll();
        if (customer == null) {
            List<String> products = Catalog.productIds();
            customer = new Customer(
                    run + "-" + customers++, Journey.next(random), 0, products.get(random.nextInt(products.size())));
        }
        send(customer, due);
    }

    private void send(Customer customer, long due) {
        Step step = customer.next();
        String requestId = customer.name() + "-" + customer.step();
        RequestHeaders headers = RequestHeaders.builder(
                        HttpMethod.valueOf(step.method()), step.path(customer.product()))
                .set(Forwarded.REQUEST_ID, requestId)
                .set("cookie", "shopper=" + customer.name())
                .build();
        ledger.sent(step, System.currentTimeMillis());
        Thread.ofVirtual().start(() -> {
            try {
                answered(customer, requestId, due, client.execute(headers));
            } catch (RuntimeException e) {
                ledger.lost(step + " " + requestId + " was not answered: " + e, System.currentTimeMillis());
            }
        });
    }

    private void answered(Customer customer, String requestId, long due, AggregatedHttpResponse response) {
        long now = System.currentTimeMillis();
        Step step = customer.next();
        int status = response.status().code();
        int expected = step.expectedStatus(temper, requestId);
        if (status != expected || !response.headers().contains(HttpApplication.SERVED_BY)) {
            String text = response.contentUtf8().strip();
            ledger.lost(
                    step + " " + requestId + " was answered " + status + " instead of " + expected + ": " + text, now);
            return;
        }
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due);
        Customer after = customer.after();
        if (after != null) {
            waiting.add(after);
        }
        ledger.answered(status, micros, step.consequences(temper, requestId), now);
    }
}
