package io.tracery.proxy.admin;

import java.util.List;
import java.util.function.Supplier;

/**
 * What the admin port shows, asked anew for each request, on the admin port's thread.
 *
 * @param missing what the proxy still lacks to be ready, empty when it is
 * @param metrics the figures in the text format for an {@code Accept} header
 * @param configDump JSON of the configuration in force
 * @param clusters what the balancers know
 */
public record AdminViews(
        Supplier<List<String>> missing, MetricsView metrics, Supplier<String> configDump, ClustersView clusters) {

    /** What the balancers know, for programs or for people. */
    public interface ClustersView {

        /** All clusters with their endpoints. */
        String show(Layout layout);
    }

    /** How a page is laid out. */
    public enum Layout {
        JSON,
        /** A table. */
        TEXT
    }

    /** Metrics in the format that their reader asks for. */
    public interface MetricsView {

        /** All figures as they stand. */
        String scrape(Format format);
    }

    /** A text format of metrics and its content type. */
    public enum Format {
        PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
        OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        public String contentType() {
            return contentType;
        }
    }
}
