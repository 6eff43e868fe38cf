package io.tracery.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceShapeTest {

    private final List<String> spans = new ArrayList<>();

    @Test
    void countsHopsAcrossAnApplicationsOwnSpans() throws Exception {
        mesh("1", "", "server");
        mesh("2", "1", "client");
        mesh("3", "2", "server");
        span("4", "3", "server", "");
        mesh("5", "4", "client");
        mesh("6", "5", "server");

        assertThat(shape().gaps()).isEmpty();
        assertThat(shape().hops()).isEqualTo(2);
    }

    @Test
    void countsTheHopOfAnAttemptOnce() throws Exception {
        mesh("1", "", "server");
        mesh("2", "1", "client");
        mesh("3", "2", "client");
        mesh("4", "2", "client");
        mesh("5", "3", "server");
        mesh("6", "4", "server");

        assertThat(shape().gaps()).isEmpty();
        assertThat(shape().hops()).isEqualTo(2);
    }

    @Test
    void findsAMissingParent() throws Exception {
        mesh("1", "", "server");
        mesh("3", "2", "server");

        assertThat(shape().gaps()).singleElement().asString().contains("parent 2");
    }

    @Test
    void findsAMissingOtherSide() throws Exception {
        mesh("1", "", "server");
        mesh("2", "1", "client");

        assertThat(shape().gaps()).singleElement().asString().contains("other side");
    }

    @Test
    void wantsOneRoot() throws Exception {
        mesh("1", "", "server");
        mesh("2", "", "server");

        assertThat(shape().gaps()).singleElement().asString().contains("2 roots");
    }

    private TraceShape shape() throws Exception {
        JsonNode trace = JsonMapper.builder().build().readTree("""
                {"traceID": "ab", "processes": {"p1": {"serviceName": "cart"}}, "spans": [%s]}""".formatted(String.join(",", spans)));
        return TraceShape.of(trace);
    }

    private void mesh(String id, String parent, String kind) {
        span(id, parent, kind, """
                ,{"key": "tracery.fate", "type": "string", "value": "served"}""");
    }

    private void span(String id, String parent, String kind, String moreTags) {
        String references = parent.isEmpty() ? "[]" : """
                [{"refType": "CHILD_OF", "traceID": "ab", "spanID": "%s"}]""".formatted(parent);
        spans.add("""
                {"spanID": "%s", "operationName": "GET /", "processID": "p1", "references": %s,
                 "tags": [{"key": "span.kind", "type": "string", "value": "%s"}%s]}""".formatted(id, references, kind, moreTags));
    }
}
