package io.tracery.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tracery.proxy.admin.AdminPage.Answer;
import io.tracery.proxy.admin.AdminPage.Query;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the admin port shows, asked anew for each request, on a thread that may wait.
 *
 * @param missing what the proxy still lacks to be ready, empty when it is
 * @param metrics all figures in the format of a content type
 * @param configDump JSON of the configuration in force
 * @param clusters what the balancers know
 * @param requests what is in flight, the oldest first; an object each
 * @param tap single exchanges
 * @param protocols what ports of undeclared protocol were found to speak; an object each
 */
public record AdminPages(
        Supplier<List<String>> missing,
        UnaryOperator<String> metrics,
        Supplier<String> configDump,
        ClustersView clusters,
        Supplier<List<?>> requests,
        TapView tap,
        Supplier<List<?>> protocols) {

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /** Every page by its path. */
    public SortedMap<String, AdminPage> all() {
        Profiles profiles = new Profiles();
        SortedMap<String, AdminPage> pages = new TreeMap<>();
        pages.put("/live", AdminPage.open(query -> Answer.text("live\n")));
        pages.put("/ready", AdminPage.open(query -> readiness()));
        pages.put("/metrics", AdminPage.open(this::scrape));
        pages.put("/config_dump", AdminPage.local(query -> Answer.json(configDump.get())));
        pages.put("/clusters", AdminPage.local(this::clusters));
        pages.put("/requests", AdminPage.local(query -> inFlight()));
        pages.put("/tap", AdminPage.local(query -> Answer.json(tap.show(query))));
        pages.put("/protocols", AdminPage.local(query -> spoken()));
        pages.put("/logging", LogLevels.page());
        pages.put("/profile/cpu", profiles.cpu());
        pages.put("/profile/heap", profiles.heap());
        return pages;
    }

    /** What the balancers know, for programs or for people. */
    public interface ClustersView {

        /** All clusters with their endpoints. */
        String show(Layout layout);
    }

    /** Single exchanges, those that ended lately and those that will. */
    public interface TapView {

        /** @throws IllegalArgumentException when the query makes no sense; its message is for the person who wrote it */
        String show(Query query) throws InterruptedException;
    }

    /** How a page is laid out. */
    public enum Layout {
        JSON,
        /** A table. */
        TEXT
    }

    private Answer clusters(Query query) {
        String format = query.parameters().getOrDefault("format", "json");
        return switch (format) {
            case "json" -> Answer.json(clusters.show(Layout.JSON));
            case "text" -> Answer.text(clusters.show(Layout.TEXT));
            default -> throw new IllegalArgumentException("format is json or text, not " + format);
        };
    }

    private Answer readiness() {
        List<String> lacking = missing.get();
        return lacking.isEmpty()
                ? Answer.text("ready\n")
                : Answer.text(
                        HttpResponseStatus.SERVICE_UNAVAILABLE, "not ready:\n" + String.join("\n", lacking) + "\n");
    }

    private Answer scrape(Query query) {
        String format = query.accept().contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS;
        return new Answer(HttpResponseStatus.OK, format, new AdminPage.Body.Text(metrics.apply(format)));
    }

    private Answer spoken() throws JsonProcessingException {
        return Answer.json(new ObjectMapper().writeValueAsString(Map.of("protocols", protocols.get())));
    }

    private Answer inFlight() throws JsonProcessingException {
        return Answer.json(new ObjectMapper().writeValueAsString(Map.of("requests", requests.get())));
    }
}
