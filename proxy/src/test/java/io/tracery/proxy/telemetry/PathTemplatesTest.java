package io.tracery.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplatesTest {

    private static final String CART = "outbound/cart.shop/80";

    private final PathTemplates templates = new PathTemplates();

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/users, /users",
        "/users/, /users",
        "//users//7, /users/{id}",
        "/users/7/orders, /users/{id}/orders",
        "/v1/api/oauth2, /v1/api/oauth2",
        "/days/2024-01-31, /days/{id}",
        "/o/3f2504e0-4f89-11d3-9a0c-0305e82c3301, /o/{id}",
        "/commits/deadbee1, /commits/{id}",
        "/orders/order-48213, /orders/{id}",
        "/carts/mx0ptqcy-1/p04, /carts/{id}/{id}",
        "/v12/s3/utf8, /v12/s3/utf8",
        "/t/AbCd3fGhIjKlMnOpQrStUvWx, /t/{id}",
        "/mail/a@b.example, /mail/{id}",
        "/files/a%20b, /files/{id}",
        "/static/app.js, /static/app.js",
        "/a/b/c/d/e/f/g/h/i/j/k/l, /a/b/c/d/e/f/g/h/i/j/{rest}",
    })
    void knowsAnIdWhenItSeesOne(String path, String template) {
        assertThat(templates.of(CART, path, true)).isEqualTo(template);
        assertThat(templates.of(CART, path, false)).as("asked again").isEqualTo(template);
    }

    @Test
    void aWordInAPlaceOfTooManyWordsIsAnId() {
        for (int i = 0; i < PathTemplates.MOST_WORDS; i++) {
            String name = "/users/" + word(i);
            assertThat(templates.of(CART, name, true)).isEqualTo(name);
        }
        assertThat(templates.of(CART, "/users/onemore", true)).isEqualTo("/users/{id}");
        assertThat(templates.of(CART, "/users/" + word(0), false))
                .as("from then on")
                .isEqualTo("/users/{id}");
        assertThat(templates.of(CART, "/other/" + word(0), true))
                .as("elsewhere")
                .isEqualTo("/other/" + word(0));
    }

    /** A gateway sees the first words of all its services, and each has its own. */
    @Test
    void whatOneServiceIsAskedForTeachesNothingOfAnother() {
        for (int i = 0; i < PathTemplates.MOST_SERVICES + 10; i++) {
            String path = "/" + word(i);
            assertThat(templates.of("service-" + i, path, true)).isEqualTo(path);
        }
        assertThat(templates.of("service-1", "/" + word(0), false)).isEmpty();
        assertThat(templates.of("service-0", "/" + word(0), false)).isEqualTo("/" + word(0));
    }

    @Test
    void nothingIsLearnedOfPathsThatNobodyAnswers() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(templates.of(CART, "/" + word(i) + ".php", false)).isEmpty();
        }
        assertThat(templates.of(CART, "/cart", true)).isEqualTo("/cart");
        assertThat(templates.of(CART, "/cart/items/7", true)).isEqualTo("/cart/items/{id}");
        assertThat(templates.of(CART, "/cart/items", false))
                .as("only part of a path")
                .isEmpty();
    }

    @Test
    void whateverIsAskedForTheTemplatesAreFew() {
        SplittableRandom random = new SplittableRandom(7);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            StringBuilder path = new StringBuilder();
            for (int segments = random.nextInt(15); segments >= 0; segments--) {
                path.append('/').append(word(random.nextInt(5_000)));
            }
            seen.add(templates.of(CART, path.toString(), random.nextBoolean()));
        }
        assertThat(seen).hasSizeLessThan(4 * PathTemplates.MOST_PLACES);
    }

    @Test
    void theSamePathsGiveTheSameTemplates() {
        PathTemplates others = new PathTemplates();
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 20_000; i++) {
            String path = "/" + word(random.nextInt(30)) + "/" + word(random.nextInt(30));
            boolean answered = random.nextInt(4) > 0;
            assertThat(templates.of(CART, path, answered)).isEqualTo(others.of(CART, path, answered));
        }
    }

    private static String word(int number) {
        StringBuilder word = new StringBuilder();
        for (int rest = number + 26; rest > 0; rest /= 26) {
            word.append((char) ('a' + rest % 26));
        }
        return word.toString();
    }
}
