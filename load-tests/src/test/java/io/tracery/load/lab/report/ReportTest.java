package io.tracery.load.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tracery.load.lab.work.Work;
import io.tracery.load.lab.work.Works;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Work H1 = Works.named("h1");

    @Test
    void aRunCountsOnlyWhenItsCoreWasTheProxysOrIdle() {
        assertThat(new Sample(1, 1, 0.7, 0.6, 0.92, 0.5, 0).counts()).isTrue();
        assertThat(new Sample(1, 1, 0.7, 0.9, 0.91, 0.5, 0).counts()).isFalse();
        assertThat(new Sample(1, 1, 0.7, 0.9, 0.95, 0, 12).counts())
                .as("neither errors nor a full load core throw a run away; they are told")
                .isTrue();
    }

    @Test
    void mediansAndRangesAreOfTheRunsThatCount() {
        ObjectNode json = JSON.createObjectNode();
        Saturated.write(
                json,
                List.of(
                        new Sample(100, 10e-6, 0.7, 0.95, 0.99, 0.01, 0),
                        new Sample(200, 20e-6, 0.7, 0.95, 0.99, 0.02, 1),
                        new Sample(900, 99e-6, 0.7, 0.50, 0.60, 0.90, 0),
                        new Sample(300, 40e-6, 0.7, 0.95, 0.99, 0.03, 0)),
                H1.cost());

        assertThat(json.path("rps").asDouble()).isEqualTo(200);
        assertThat(json.path("cpu_seconds_per_million").asDouble()).isCloseTo(20, within(1e-9));
        assertThat(json.at("/cpu_seconds_per_million_range/1").asDouble()).isCloseTo(40, within(1e-9));
        assertThat(json.path("runs").asInt()).isEqualTo(4);
        assertThat(json.path("runs_counted").asInt()).isEqualTo(3);
        assertThat(json.path("errors").asInt()).isEqualTo(1);
        assertThat(json.path("load_limited").asBoolean()).isTrue();
        assertThat(json.path("samples")).hasSize(4);
    }

    @Test
    void aSecondAfterTheStartIsTheMedianOfAllStartsAndHasTheErrorsOfAll() throws Exception {
        ObjectNode json = JSON.createObjectNode();
        WarmUp.write(
                json,
                List.of(
                        JSON.readTree("[{'second':1,'requests':2000,'errors':0,'p99_ms':300,'max_ms':310}]"
                                .replace('\'', '"')),
                        JSON.readTree(
                                "[{'second':1,'requests':1999,'errors':1,'p99_ms':90,'max_ms':95}]".replace('\'', '"')),
                        JSON.readTree("[{'second':1,'requests':2000,'errors':2,'p99_ms':100,'max_ms':400}]"
                                .replace('\'', '"'))));

        assertThat(json.path("starts").asInt()).isEqualTo(3);
        JsonNode first = json.at("/seconds/0");
        assertThat(first.path("second").asInt()).isEqualTo(1);
        assertThat(first.path("requests").asInt()).isEqualTo(5_999);
        assertThat(first.path("errors").asInt()).isEqualTo(3);
        assertThat(first.path("p99_ms").asDouble()).isEqualTo(100);
        assertThat(first.at("/p99_ms_range/1").asDouble()).isEqualTo(300);
        assertThat(first.path("max_ms").asDouble()).isEqualTo(400);
    }

    @Test
    void medianOfNothingIsNotANumber() {
        assertThat(Statistics.of(List.of()).median()).isNaN();
        assertThat(Statistics.of(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(new Statistics(2.5, 1, 4));
    }

    @Test
    void everyRatioIsOursOverTheirsAndNullWhereNotMeasured() throws Exception {
        List<ObjectNode> objects = Comparison.of(H1, raw());

        assertThat(objects).hasSize(1);
        ObjectNode object = objects.getFirst();
        assertThat(object.properties().stream().map(Map.Entry::getKey))
                .containsExactly(
                        "work",
                        "peer",
                        "peer_version",
                        "rps_ratio",
                        "cpu_ratio",
                        "rss_ratio",
                        "p99_ratio",
                        "p999_ratio",
                        "ours",
                        "theirs",
                        "runs",
                        "machine");
        assertThat(object.path("cpu_ratio").asDouble()).isEqualTo(0.9);
        assertThat(object.path("rss_ratio").asDouble()).isEqualTo(5);
        assertThat(object.path("p99_ratio").asDouble()).isEqualTo(1.5);
        assertThat(object.path("rps_ratio").isNull()).isTrue();
        assertThat(object.path("p999_ratio").isNull()).isTrue();
        assertThat(object.at("/ours/saturated").has("samples")).isFalse();
    }

    @Test
    void goalsAreMetMissedOrNotMeasured() throws Exception {
        List<Goals.Row> rows = Goals.of(Map.of("h1", raw()));

        assertThat(rows).contains(new Goals.Row("HTTP/1.1 saturated: CPU ≤ 0.95 × HAProxy", "0.90 ×", "met"));
        assertThat(rows).contains(new Goals.Row("HTTP/1.1 saturated: CPU ≤ 0.5 × Envoy", "–", "–"));
        assertThat(rows)
                .contains(new Goals.Row(
                        "added p99 at 10,000/s, h1: ≤ the best peer's, within its own range",
                        "2.00 ms; haproxy 1.00 ms + 0.50",
                        "missed"));
    }

    @Test
    void thePageReplacesItsOwnSectionOnly() throws Exception {
        String section = Page.section(Map.of(H1, raw()));
        String page = "before\n" + Page.BEGIN + "\nold\n" + Page.END + "\nafter\n";

        assertThat(Page.replace(page, section))
                .startsWith("before\n" + Page.BEGIN)
                .endsWith(Page.END + "\nafter\n")
                .contains("| haproxy 2.6 | 3 of 4 |", "### h1")
                .doesNotContain("old");
    }

    @Test
    void whatIsMeasuredLaterThatDayReplacesItsLikeAndLeavesTheRest(@TempDir Path folder) throws Exception {
        RawResults results = new RawResults(folder);
        LocalDate day = LocalDate.of(2026, 1, 2);
        results.add(
                H1, day, (ObjectNode) JSON.readTree("{\"proxies\":{\"a\":{\"start\":{\"x\":1},\"version\":\"1\"}}}"));

        results.add(H1, day, (ObjectNode) JSON.readTree("{\"proxies\":{\"a\":{\"start\":{\"x\":2}},\"b\":{}}}"));

        assertThat(results.newest(H1).orElseThrow().path("proxies"))
                .isEqualTo(JSON.readTree("{\"a\":{\"start\":{\"x\":2},\"version\":\"1\"},\"b\":{}}"));
    }

    /** A figure of another day would be of another build and another machine's mood: no ratio may be made of the two. */
    @Test
    void aMeasurementIsOfTheLastDayThatHasItAndOfThatDayOnly(@TempDir Path folder) throws Exception {
        RawResults results = new RawResults(folder);
        LocalDate day = LocalDate.of(2026, 1, 2);
        results.add(H1, day.minusDays(1), (ObjectNode) JSON.readTree("""
                {"at": "before", "machine": "m", "baseline": {"latency": {"p50": 1}}, "proxies": {
                  "a": {"version": "1", "start": {"x": 1}, "latency": {"p50": 2}},
                  "b": {"version": "1", "start": {"x": 1}, "latency": {"p50": 3}}}}
                """));
        results.add(H1, day, (ObjectNode) JSON.readTree("""
                {"at": "now", "machine": "m", "proxies": {"a": {"version": "2", "start": {"x": 2}}}}
                """));

        assertThat(results.newest(H1).orElseThrow()).isEqualTo(JSON.readTree("""
                {"at": "now", "machine": "m", "baseline": {"latency": {"p50": 1}}, "proxies": {
                  "a": {"version": "2", "latency": {"p50": 2}, "start": {"x": 2}},
                  "b": {"version": "1", "latency": {"p50": 3}}},
                 "from": [
                  {"machine": "m", "at": "now", "measurements": ["start"]},
                  {"machine": "m", "at": "before", "measurements": ["latency"]}]}
                """));
    }

    /** Nor of another machine on the same day. */
    @Test
    void aMeasurementIsOfOneMachineOnly(@TempDir Path folder) throws Exception {
        RawResults results = new RawResults(folder);
        LocalDate day = LocalDate.of(2026, 1, 2);
        results.add(H1, day, (ObjectNode) JSON.readTree("""
                {"at": "08:00", "machine": "one", "proxies": {"a": {"start": {"x": 1}, "latency": {"p50": 1}}}}
                """));
        ObjectNode other = (ObjectNode) JSON.readTree("""
                {"at": "09:00", "machine": "other", "proxies": {"a": {"start": {"x": 2}}}}
                """);
        results.add(H1, day, other);
        results.add(H1, day, other);

        assertThat(results.newest(H1).orElseThrow()).isEqualTo(JSON.readTree("""
                {"at": "09:00", "machine": "other", "proxies": {"a": {"latency": {"p50": 1}, "start": {"x": 2}}},
                 "from": [
                  {"machine": "other", "at": "09:00", "measurements": ["start"]},
                  {"machine": "one", "at": "08:00", "measurements": ["latency"]}]}
                """));
        assertThat(folder).isDirectoryContaining("glob:**-h1-2.json").isDirectoryNotContaining("glob:**-h1-3.json");
    }

    @Test
    void whatNoRunHasShownIsNullInTheRawResults(@TempDir Path folder) throws Exception {
        RawResults results = new RawResults(folder);
        ObjectNode found = JSON.createObjectNode().put("median", Double.NaN);
        found.putArray("range").add(Double.POSITIVE_INFINITY).add(1.5);

        results.add(H1, LocalDate.of(2026, 1, 2), found);

        JsonNode read = results.newest(H1).orElseThrow();
        assertThat(read.path("median").isNull()).isTrue();
        assertThat(read.path("range")).isEqualTo(JSON.readTree("[null,1.5]"));
    }

    private static ObjectNode raw() throws Exception {
        return (ObjectNode) JSON.readTree("""
                {"machine": "m", "proxies": {
                  "tracery": {"version": "1", "memory": {"rss_mib": 100},
                    "saturated": {"cpu_seconds_per_million": 18, "samples": [1]},
                    "latency": {"10000": {"p99_ms": 3, "added_p99_ms": 2}}},
                  "haproxy": {"version": "2.6", "memory": {"rss_mib": 20},
                    "saturated": {"cpu_seconds_per_million": 20, "rps": 50000, "runs": 4, "runs_counted": 3},
                    "latency": {"10000": {"p99_ms": 2, "p99_ms_range": [1.5, 2.5], "added_p99_ms": 1}}}}}
                """);
    }
}
