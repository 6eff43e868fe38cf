package io.tracery.load.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.tracery.load.endurance.MetricsPage;
import io.tracery.load.mesh.Ports;
import io.tracery.pipeline.PipelineApp;
import io.tracery.pipeline.PipelineConfig;
import io.tracery.proxy.exchange.Exchange;
import io.tracery.proxy.exchange.ExchangeObserver;
import io.tracery.proxy.exchange.Protocol;
import io.tracery.proxy.mesh.Direction;
import io.tracery.proxy.telemetry.ProxyTelemetry;
import io.tracery.proxy.telemetry.TelemetryConfig;
import io.tracery.standalone.EmbeddedKafka;
import io.tracery.tracing.context.TraceContext;
import io.tracery.tracing.span.Fate;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar that knows no Kafka, and the telemetry pipeline on its node, which comes a little later. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NodeExportIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BURST = 400;

    private final PrometheusMeterRegistry proxyRegistry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final SimpleMeterRegistry pipelineRegistry = new SimpleMeterRegistry();
    private final EventLoop loop = new DefaultEventLoop();
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void everyExchangeIsDecidedUponByThePipelineOfTheNode(@TempDir Path directory) throws Exception {
        int port = Ports.free();
        EmbeddedKafka kafka =
                new EmbeddedKafka(directory.resolve("kafka"), "127.0.0.1", "127.0.0.1", Ports.free(), Ports.free());
        URI otlp = URI.create("http://127.0.0.1:" + port);
        ProxyTelemetry telemetry = new ProxyTelemetry(
                new TelemetryConfig(null, "shop", "front", "v1", "sidecar~shop/front-1", "", null, 0, List.of(), otlp),
                proxyRegistry);
        PipelineApp pipeline = PipelineApp.build(
                PipelineConfig.at(kafka.bootstrapServers())
                        .withDataDir(directory.resolve("pipeline"))
                        .withOtlpPorts(0, port),
                pipelineRegistry);
        try {
            kafka.start();
            telemetry.start();
            burst(telemetry);
            pipeline.start();
            burst(telemetry);
            await().atMost(PATIENCE).untilAsserted(() -> {
                double canaries = figure("exported", "canaries");
                double spans = figure("exported", "spans");
                // Where the pipeline takes longer to start than is waited for it, something of the first burst is lost.
                assertThat(spans + figure("dropped", "spans")).isEqualTo(2 * BURST);
                assertThat(spans).isGreaterThanOrEqualTo(BURST);
                assertThat(canaries).isPositive();
                assertThat(spans("otlp", "passed")).isEqualTo(spans + canaries);
                assertThat(spans("decide", "passed") + spans("decide", "dropped"))
                        .isEqualTo(spans + canaries);
            });
            assertThat(pipelineRegistry
                            .get("tracery.pipeline.points")
                            .tags("stage", "otlp", "outcome", "passed")
                            .counter()
                            .count())
                    .isPositive();
        } finally {
            telemetry.close();
            pipeline.close();
            kafka.close();
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private void burst(ProxyTelemetry telemetry) {
        ExchangeObserver observer = telemetry.observerFor(loop);
        loop.submit(() -> {
                    for (int i = 0; i < BURST; i++) {
                        Exchange exchange = new Exchange(Direction.INBOUND, "inbound/1", Protocol.HTTP1, 1_000_000, i);
                        exchange.request(Protocol.HTTP1, "GET", "/", "front", "http");
                        exchange.trace(TraceContext.root(random), 0);
                        observer.started(exchange);
                        exchange.status(200);
                        exchange.end(Fate.SERVED, i + 1_000_000);
                        observer.ended(exchange);
                    }
                })
                .syncUninterruptibly();
    }

    private double figure(String figure, String signal) {
        return MetricsPage.parse(proxyRegistry.scrape()).telemetry(figure, signal);
    }

    private double spans(String stage, String outcome) {
        return pipelineRegistry
                .find("tracery.pipeline.spans")
                .tags("stage", stage, "outcome", outcome)
                .counters()
                .stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
