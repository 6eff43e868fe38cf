package io.tracery.process;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The admin port of a process that is not on the data path: {@code /live} (200 while the process runs), {@code /ready}
 * (200 when every component is, else 503 and the names of those that are not) and {@code /metrics} (Prometheus text, or
 * OpenMetrics when asked) with the JVM's own figures beside the components', or with {@code ?name[]=…} only the metrics of those names.
 */
public final class AdminServer implements Component {

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry;
    private final List<Component> components;
    private final Server server;

    public AdminServer(InetSocketAddress address, PrometheusMeterRegistry registry, List<Component> components) {
        this.registry = registry;
        this.components = List.copyOf(components);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        this.server = Server.builder()
                .http(address)
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ofSeconds(1))
                .service("/live", (ctx, req) -> HttpResponse.of("live\n"))
                .service("/ready", (ctx, req) -> readiness())
                .service("/metrics", (ctx, req) -> metrics(req.headers().get("accept", ""), ctx.queryParams("name[]")))
                .build();
    }

    private HttpResponse readiness() {
        String waiting = components.stream()
                .filter(component -> !component.ready())
                .map(Component::name)
                .collect(Collectors.joining(", "));
        return waiting.isEmpty()
                ? HttpResponse.of("ready\n")
                : HttpResponse.of(
                        HttpStatus.SERVICE_UNAVAILABLE, MediaType.PLAIN_TEXT_UTF_8, "not ready: " + waiting + "\n");
    }

    private HttpResponse metrics(String accept, List<String> names) {
        String contentType = accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS_TEXT;
        return HttpResponse.of(
                HttpStatus.OK,
                MediaType.parse(contentType),
                names.isEmpty() ? registry.scrape(contentType) : registry.scrape(contentType, Set.copyOf(names)));
    }

    @Override
    public String name() {
        return "admin";
    }

    @Override
    public void start() {
        ServerPort.open(server, "admin");
    }

    /** The port in use; of interest where port 0 was asked for. */
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public boolean ready() {
        return server.activePort() != null;
    }

    @Override
    public void close() {
        server.stop().join();
    }
}
