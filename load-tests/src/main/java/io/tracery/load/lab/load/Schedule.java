package io.tracery.load.lab.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Sends each request of a plan when it is due. Confined to its event loop but for {@link #run}. */
final class Schedule {

    /** What has not been answered so long after the last was due is a failure. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final EventLoop loop;
    private final OpenLoop.Plan plan;
    private final Bootstrap bootstrap;
    private final OpenLoopResult result;
    private final CompletableFuture<OpenLoopResult> end = new CompletableFuture<>();
    private final long requests;

    /** Requests at once on one connection. */
    private final int streams;

    /** Due times of requests that found no connection free, in order. */
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();

    private final ArrayDeque<Exchange> free = new ArrayDeque<>();
    private final Set<Exchange> busy = new HashSet<>();

    private long start;
    private long sent;
    private long done;

    Schedule(EventLoop loop, OpenLoop.Plan plan, Bootstrap bootstrap) {
        this.loop = loop;
        this.plan = plan;
        this.bootstrap = bootstrap.clone();
        this.result = new OpenLoopResult(plan);
        this.requests = (long) plan.rate() * plan.seconds();
        this.streams = plan.ask().streams(plan.concurrent());
        this.bootstrap.handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                plan.ask().open(channel.pipeline(), Schedule.this, streams);
            }
        });
    }

    OpenLoopResult run() throws InterruptedException, IOException {
        for (int i = 0; i < plan.concurrent(); i += streams) {
            bootstrap.connect("127.0.0.1", plan.port()).sync();
        }
        loop.execute(() -> {
            start = System.nanoTime();
            tick();
        });
        try {
            return end.get();
        } catch (ExecutionException e) {
            throw new IOException("the open loop failed: " + e.getCause(), e);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        long due = due(sent);
        while (sent < requests && due <= now) {
            Exchange exchange = free.poll();
            if (exchange == null) {
                waiting.add(due);
            } else {
                result.sentLate(due - start, now - due);
                begin(exchange, due);
            }
            sent++;
            due = due(sent);
        }
        if (sent < requests) {
            loop.schedule(this::tick, Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        } else {
            loop.schedule(this::giveUp, PATIENCE_NANOS, TimeUnit.NANOSECONDS);
            finishIfDone();
        }
    }

    private long due(long index) {
        return start + (long) (index * 1e9 / plan.rate());
    }

    private void begin(Exchange exchange, long due) {
        busy.add(exchange);
        result.sent();
        exchange.send(due);
    }

    /** There is room, for the first time or again. */
    void opened(Exchange exchange) {
        release(exchange);
    }

    void answered(Exchange exchange, int status) {
        long now = System.nanoTime();
        result.answered(exchange.due() - start, now - exchange.due(), status);
        done++;
        busy.remove(exchange);
        release(exchange);
        finishIfDone();
    }

    /** Its connection is gone; a request that was on it has failed. */
    void lost(Exchange exchange) {
        free.remove(exchange);
        if (busy.remove(exchange)) {
            result.failed(exchange.due() - start, System.nanoTime() - exchange.due());
            done++;
            finishIfDone();
        }
    }

    /** Another connection takes the place of one that is gone. */
    void reconnect() {
        if (!end.isDone()) {
            bootstrap.connect("127.0.0.1", plan.port());
        }
    }

    private void release(Exchange exchange) {
        Long due = waiting.poll();
        if (due == null) {
            free.push(exchange);
        } else {
            begin(exchange, due);
        }
    }

    private void finishIfDone() {
        if (sent == requests && done == requests) {
            finish();
        }
    }

    private void giveUp() {
        if (end.isDone()) {
            return;
        }
        long now = System.nanoTime();
        busy.forEach(exchange -> result.failed(exchange.due() - start, now - exchange.due()));
        waiting.forEach(due -> result.failed(due - start, now - due));
        finish();
    }

    private void finish() {
        end.complete(result);
        free.forEach(Exchange::close);
        Set.copyOf(busy).forEach(Exchange::close);
    }
}
