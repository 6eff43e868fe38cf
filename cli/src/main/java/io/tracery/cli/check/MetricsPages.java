package io.tracery.cli.check;

import io.tracery.cli.demo.Demo;
import io.tracery.cli.demo.DemoPlan;
import io.tracery.cli.demo.Http;
import io.tracery.cli.demo.Ports;
import io.tracery.cli.demo.Sidecar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sums over Prometheus pages in text. Pages that cannot be read are somebody else's finding. */
record MetricsPages(List<String> pages) {

    private static final String TEXT = "text/plain;version=0.0.4";

    static MetricsPages ofSidecars(DemoPlan plan, Http http) throws IOException {
        List<String> pages = new ArrayList<>();
        for (Sidecar sidecar : plan.sidecars()) {
            pages.add(http.get(Demo.url(sidecar.adminPort(), "/metrics"), TEXT).body());
        }
        return new MetricsPages(pages);
    }

    static MetricsPages ofStandalone(Http http) throws IOException {
        return new MetricsPages(
                List.of(http.get(Demo.url(Ports.ADMIN, "/metrics"), TEXT).body()));
    }

    /** Of every series of a metric whose labels hold all of these, each as {@code label="value"}. */
    long sum(String metric, String... labels) {
        double sum = 0;
        for (String page : pages) {
            sum += page.lines()
                    .filter(line -> isOf(line, metric, labels))
                    .mapToDouble(MetricsPages::value)
                    .sum();
        }
        return Math.round(sum);
    }

    private static boolean isOf(String line, String metric, String... labels) {
        if (!line.startsWith(metric + " ") && !line.startsWith(metric + "{")) {
            return false;
        }
        for (String label : labels) {
            if (!line.contains(label)) {
                return false;
            }
        }
        return true;
    }

    /** What stands between the labels and an exemplar. */
    private static double value(String line) {
        int exemplar = line.indexOf(" # ");
        String plain = exemplar < 0 ? line : line.substring(0, exemplar);
        return Double.parseDouble(plain.substring(plain.lastIndexOf(' ') + 1));
    }
}
