package io.tracery.load.benchmark;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.telemetry.ProxyTelemetry;
import io.tracery.proxy.telemetry.Tap;
import io.tracery.proxy.telemetry.TelemetryConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is told of exchanges, and the event loop that they belong to: {@code none} observes nothing, {@code metrics} counts,
 * {@code spans} counts and hands over to an exporter that encodes (and finds no Kafka).
 */
final class Telemetry implements AutoCloseable {

    private final EventLoop loop = new DefaultEventLoop();
    private final @Nullable ProxyTelemetry telemetry;

    Telemetry(String observed) {
        if (observed.equals("none")) {
            telemetry = null;
            return;
        }
        String kafka = observed.equals("spans") ? "127.0.0.1:1" : null;
        telemetry = new ProxyTelemetry(
                new TelemetryConfig(kafka, "shop", "front", "v1", "benchmark", ""),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        telemetry.start();
    }

    ExchangeObserver observer() {
        return telemetry == null ? MemoryLoop.NOBODY : telemetry.observerFor(loop);
    }

    Tap tap() {
        if (telemetry == null) {
            throw new IllegalStateException("nothing is remembered of exchanges that nobody observes");
        }
        return telemetry.tap();
    }

    /** Does something on the event loop and waits for it. */
    <T> T on(Callable<T> work) {
        return loop.submit(work).syncUninterruptibly().getNow();
    }

    @Override
    public void close() {
        if (telemetry != null) {
            telemetry.close();
        }
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
