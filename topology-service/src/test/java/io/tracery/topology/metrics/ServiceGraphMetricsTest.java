package io.tracery.topology.metrics;

import static io.tracery.topology.SettableClock.START;
import static io.tracery.topology.graph.Traffic.labels;
import static io.tracery.topology.graph.Traffic.received;
import static io.tracery.topology.graph.Traffic.sent;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tracery.topology.graph.GraphLimits;
import io.tracery.topology.graph.Traffic;
import io.tracery.topology.graph.View;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServiceGraphMetricsTest {

    @Test
    void speaksTheNamesThatGrafanasServiceGraphLooksFor() {
        Traffic traffic = new Traffic(GraphLimits.DEFAULT);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.getPrometheusRegistry().register(new ServiceGraphMetrics(traffic.reader));
        assertThat(registry.scrape()).doesNotContain("traces_service_graph_request_total{");

        traffic.ended(sent("shop/front>shop/cart:http"), 4, 0.003, START - 1000, START);
        traffic.ended(labels("shop/front>shop/cart:http", View.SENDER, "v1", "deadline"), 1, 3.0, START - 1000, START);
        traffic.ended(received("shop/front>shop/cart:http"), 4, 0.0015, START - 1000, START);
        traffic.ended(sent("shop/front>shop/cart:http"), 10, 0.003, START - 1000, START);
        traffic.ended(received("external/clients>shop/front:http"), 2, 0.5, START - 1000, START);

        String cart = "client=\"front\",client_service_namespace=\"shop\",connection_type=\"\","
                + "protocol=\"http\",server=\"cart\",server_service_namespace=\"shop\"";
        String front = "client=\"user\",client_service_namespace=\"\",connection_type=\"virtual_node\","
                + "protocol=\"http\",server=\"front\",server_service_namespace=\"shop\"";
        assertThat(registry.scrape().lines().toList())
                .contains(
                        "# TYPE traces_service_graph_request_total counter",
                        "# TYPE traces_service_graph_request_server_seconds histogram",
                        "traces_service_graph_request_total{" + cart + "} 15.0",
                        "traces_service_graph_request_failed_total{" + cart + "} 1.0",
                        "traces_service_graph_request_client_seconds_bucket{" + cart + ",le=\"0.001953125\"} 0",
                        "traces_service_graph_request_client_seconds_bucket{" + cart + ",le=\"0.00390625\"} 14",
                        "traces_service_graph_request_client_seconds_bucket{" + cart + ",le=\"2.0\"} 14",
                        "traces_service_graph_request_client_seconds_bucket{" + cart + ",le=\"4.0\"} 15",
                        "traces_service_graph_request_client_seconds_count{" + cart + "} 15",
                        "traces_service_graph_request_server_seconds_count{" + cart + "} 4",
                        "traces_service_graph_request_server_seconds_sum{" + cart + "} 0.006",
                        "traces_service_graph_request_total{" + front + "} 2.0",
                        "traces_service_graph_request_failed_total{" + front + "} 0.0",
                        "traces_service_graph_request_server_seconds_bucket{" + front + ",le=\"0.5\"} 2");
    }

    /** Prometheus takes any fall of a counter for a new beginning, and all that it then shows for an increase. */
    @Test
    void noCounterFallsWhenOneOfTwoProtocolsIsNoLongerSpoken() {
        Traffic traffic = new Traffic(GraphLimits.DEFAULT);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.getPrometheusRegistry().register(new ServiceGraphMetrics(traffic.reader));
        traffic.ended(sent("shop/front>shop/cart:http"), 100, 0.003, START - 1000, START);
        traffic.ended(sent("shop/front>shop/cart:tcp"), 5, 0.003, START - 1000, START);
        Map<String, Double> before = requests(registry);

        traffic.clock.advance(Duration.ofMinutes(11));
        long now = traffic.clock.millis();
        traffic.ended(sent("shop/front>shop/cart:http"), 1, 0.003, now - 1000, now);

        Map<String, Double> after = requests(registry);
        assertThat(after)
                .isNotEmpty()
                .allSatisfy((series, count) ->
                        assertThat(count).as(series).isGreaterThanOrEqualTo(before.getOrDefault(series, 0.0)));
    }

    private static Map<String, Double> requests(PrometheusMeterRegistry registry) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("traces_service_graph_request_total{"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))));
    }
}
