package io.tracery.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.tracery.shop.temper.Temper;
import io.tracery.shop.temper.Temper.Refusal;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shop as its customers see it. */
@Timeout(60)
class ShopTest {

    @SuppressWarnings("NullAway.Init")
    private static DirectShop shop;

    @SuppressWarnings("NullAway.Init")
    private static BlockingWebClient browser;

    @BeforeAll
    static void open() throws Exception {
        shop = new DirectShop();
        browser = BlockingWebClient.of("h1c://" + shop.address("front"));
    }

    @AfterAll
    static void shut() {
        shop.close();
    }

    @Test
    void showsWhatThereIsToBuy() {
        assertThat(browser.get("/").contentUtf8()).contains("Enamel mug", "/product/p12");
    }

    @Test
    void recommendsThreeOthersBesideAProduct() {
        assertThat(browser.get("/product/p11").contentUtf8())
                .contains("Oil bottle", "/product/p12", "/product/p01", "/product/p02");
    }

    @Test
    void answers404ForWhatItDoesNotSell() {
        assertThat(browser.get("/product/p99").status().code()).isEqualTo(404);
    }

    @Test
    void sellsWhatIsInTheCartAndEmptiesIt() {
        String order = requestId(Refusal.NEVER);
        assertThat(send("/cart?product=p03", "ada", "a-1").contentUtf8()).contains("p03 × 1");
        assertThat(send("/cart?product=p03", "ada", "a-2").contentUtf8()).contains("p03 × 2");

        assertThat(send("/checkout", "ada", order).contentUtf8()).contains("T-" + order);
        assertThat(send("/checkout", "ada", order).status().code()).isEqualTo(409);
    }

    @Test
    void saysItselfThatNothingCanBeReserved() {
        send("/cart?product=p03", "bob", "b-1");

        AggregatedHttpResponse refused = send("/checkout", "bob", requestId(Refusal.ALWAYS));

        assertThat(refused.status().code()).isEqualTo(503);
        assertThat(refused.headers().get("x-served-by")).isEqualTo("front-1");
    }

    @Test
    void reservesOnTheSecondTryWhatItRefusedOnce() {
        String order = requestId(Refusal.ONCE);
        send("/cart?product=p03", "eve", "e-1");

        assertThat(send("/checkout", "eve", order).status().code()).isEqualTo(503);
        assertThat(send("/checkout", "eve", order).status().code()).isEqualTo(200);
    }

    @Test
    void runsTheServicesThatAreNamed() {
        assertThat(ShopApp.instances(new String[] {"--services", "catalog,payment-2"}))
                .extracting(Instance::name)
                .containsExactly("catalog-1", "catalog-2", "payment-2");
        assertThatThrownBy(() -> ShopApp.instances(new String[] {"--services", "bakery"}))
                .hasMessageContaining("bakery")
                .hasMessageContaining("catalog");
    }

    @Test
    void namesTheVariableThatIsWrong() {
        Settings settings = new Settings(Map.of("CART_1_KV_ADDR", "nowhere"));

        assertThatThrownBy(() -> settings.socket(Instance.ALL.get(3), "kv"))
                .hasMessage("CART_1_KV_ADDR must be host:port, not nowhere");
    }

    private static AggregatedHttpResponse send(String path, String shopper, String requestId) {
        return browser.execute(RequestHeaders.builder(HttpMethod.POST, path)
                .set("cookie", "shopper=" + shopper)
                .set("x-request-id", requestId)
                .build());
    }

    private static String requestId(Refusal refusal) {
        Temper temper = new Temper(42);
        return Stream.iterate(1, n -> n + 1)
                .map(n -> "order-" + n)
                .filter(id -> temper.inventoryRefusal(id) == refusal)
                .findFirst()
                .orElseThrow();
    }
}
