package io.tracery.shop.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.client.BlockingWebClient;
import io.tracery.shop.DirectShop;
import io.tracery.shop.net.Json;
import io.tracery.shop.temper.Temper.Refusal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadGeneratorTest {

    @Test
    void addsUpWhatItSentAndComesToRestInAPause() throws Exception {
        try (DirectShop shop = new DirectShop();
                LoadGenerator generator = new LoadGenerator(new LoadOptions(shop.address("front"), 10, 0, 42))) {
            generator.start();
            BlockingWebClient control = BlockingWebClient.of("h1c://127.0.0.1:" + generator.controlPort());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> json(control, "/counts").path("answered").asLong() > 60);

            JsonNode counts = Json.parse(control.post("/pause", "").contentUtf8());
            long sent = counts.path("sent").asLong();
            assertThat(counts.path("underWay").asLong()).isZero();
            assertThat(counts.path("answered").asLong() + counts.path("lost").asLong())
                    .isEqualTo(sent);
            // With no proxy between, nothing tries a reservation again that was refused once.
            assertThat(counts.path("losses"))
                    .allSatisfy(loss ->
                            assertThat(loss.asText()).startsWith("CHECKOUT").contains("answered 503 instead of 200"));
            assertThat(requests(counts, "client", "front"))
                    .isEqualTo(counts.path("answered").asLong());
            assertThat(requests(counts, "recommendation", "catalog"))
                    .isEqualTo(3 * requests(counts, "front", "recommendation"));

            JsonNode ends = json(control, "/ends?from=10");
            assertThat(ends.path("first").asLong()).isEqualTo(10);
            assertThat(ends.path("endMillis").size()).isEqualTo((int) sent - 10);
            assertThat(json(control, "/counts").path("sent").asLong()).isEqualTo(sent);
        }
    }

    @Test
    void countsARefusedReservationTwiceForTheInventoryAndOnceForCheckout() {
        Edge edge = Edge.http("checkout", "inventory");

        assertThat(Step.CHECKOUT.inside(Refusal.ONCE)).contains(new Consequence(edge, 1, 2));
        assertThat(Step.CHECKOUT.inside(Refusal.ALWAYS))
                .contains(new Consequence(edge, 1, 2))
                .noneMatch(consequence -> consequence.edge().target().equals("payment"));
    }

    @Test
    void countsWhatIsNotAnsweredAsLost() throws Exception {
        try (LoadGenerator generator = new LoadGenerator(new LoadOptions("127.0.0.1:1", 100, 0, 42))) {
            generator.start();
            BlockingWebClient control = BlockingWebClient.of("h1c://127.0.0.1:" + generator.controlPort());

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> json(control, "/counts").path("lost").asLong() > 10);
            assertThat(json(control, "/counts").path("answered").asLong()).isZero();
        }
    }

    @Test
    void refusesARateBeyondItsBound() {
        assertThatThrownBy(() -> LoadOptions.parse(new String[] {"--rate", "501"}))
                .hasMessageContaining("1 to 500");
        assertThatThrownBy(() -> LoadOptions.parse(new String[] {"--speed", "5"}))
                .hasMessageContaining("--rate");
    }

    private static long requests(JsonNode counts, String source, String target) {
        List<JsonNode> found = counts.path("edges")
                .valueStream()
                .filter(edge -> edge.path("source").asText().equals(source)
                        && edge.path("target").asText().equals(target))
                .toList();
        return found.isEmpty() ? 0 : found.getFirst().path("requests").asLong();
    }

    private static JsonNode json(BlockingWebClient control, String path) {
        return Json.parse(control.get(path).contentUtf8());
    }
}
