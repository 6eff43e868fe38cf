package io.tracery.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNamesTest {

    private static final ServerNames NAMES = new ServerNames(
            Map.of(
                    "db.example.com", ClusterSplit.to("exact"),
                    "*.example.com", ClusterSplit.to("short"),
                    "*.eu.example.com", ClusterSplit.to("long")),
            ClusterSplit.to("otherwise"));

    @ParameterizedTest
    @CsvSource({
        "db.example.com, exact",
        "web.example.com, short",
        "a.b.example.com, short",
        "db.eu.example.com, long",
        "a.b.eu.example.com, long",
        "eu.example.com, short",
        "example.com, otherwise",
        "db.example.org, otherwise",
        "notexample.com, otherwise",
        "'', otherwise",
        "., otherwise",
    })
    void theMostSpecificNameWins(String asked, String cluster) {
        assertThat(NAMES.find(asked)).isEqualTo(ClusterSplit.to(cluster));
    }

    @Test
    void whatNobodyNamesGoesNowhereWhereThereIsNoOther() {
        ServerNames strict = new ServerNames(Map.of("*.example.com", ClusterSplit.to("c")), null);
        assertThat(strict.find("example.org")).isNull();
        assertThat(strict.find("")).isNull();
        assertThat(strict.splits()).containsExactly(ClusterSplit.to("c"));
    }
}
