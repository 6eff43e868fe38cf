package io.tracery.load.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class EdgeLagsTest {

    @Test
    void isOfWhatCameBetweenTwoLooks() {
        EdgeLags before = EdgeLags.parse(metrics(10, 10, 20));
        EdgeLags after = EdgeLags.parse(metrics(110, 205, 220));
        ObjectNode result = new JsonMapper().createObjectNode();

        after.since(before).into(result);

        assertThat(result.get("edge_lag_n").asLong()).isEqualTo(200);
        assertThat(result.get("edge_lag_share_within_2s").asDouble()).isEqualTo(0.975);
        assertThat(result.get("edge_lag_p99_at_most_s").isNull()).isTrue();
    }

    @Test
    void namesTheBoundThatNearlyAllCameWithin() {
        ObjectNode result = new JsonMapper().createObjectNode();

        EdgeLags.parse(metrics(500, 1000, 1000)).into(result);

        assertThat(result.get("edge_lag_p99_at_most_s").asDouble()).isEqualTo(2);
    }

    @Test
    void saysThatThereIsNone() {
        assertThatThrownBy(() -> EdgeLags.parse("up 1")).hasMessageContaining("topology_edge_lag_seconds");
    }

    private static String metrics(long tenth, long two, long all) {
        return """
                # TYPE topology_edge_lag_seconds histogram
                topology_edge_lag_seconds_bucket{le="0.1"} %d
                topology_edge_lag_seconds_bucket{le="2.0"} %d
                topology_edge_lag_seconds_bucket{le="+Inf"} %d
                topology_edge_lag_seconds_count %d
                topology_edge_lag_seconds_sum 12.5
                """.formatted(tenth, two, all, all);
    }
}
