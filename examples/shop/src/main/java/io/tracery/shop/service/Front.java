package io.tracery.shop.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.Forwarded;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Json;
import io.tracery.shop.net.Peer;
import io.tracery.shop.net.PeerFailedException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/** The web front: pages for people, each put together from what other services know. */
public final class Front implements HttpApplication.Routes {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final Peer catalog;
    private final Peer recommendation;
    private final Peer cart;
    private final Peer checkout;

    public Front(Peer catalog, Peer recommendation, Peer cart, Peer checkout) {
        this.catalog = catalog;
        this.recommendation = recommendation;
        this.cart = cart;
        this.checkout = checkout;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.GET, "/", this::home);
        application.on(HttpMethod.GET, "/product/{id}", this::product);
        application.on(HttpMethod.POST, "/cart", this::addToCart);
        application.on(HttpMethod.POST, "/checkout", this::buy);
    }

    private Answer home(Call call) {
        JsonNode products = json("catalog", catalog.call(HttpMethod.GET, "/products", call.forwarded()));
        return Answer.html(Pages.home(products));
    }

    private Answer product(Call call) {
        String id = call.path("id");
        if (!PLAIN.matcher(id).matches()) {
            return Answer.text(404, "no such product");
        }
        Forwarded forwarded = call.forwarded();
        CompletableFuture<Answer> product = catalog.start(HttpMethod.GET, "/products/" + id, forwarded, "");
        CompletableFuture<Answer> others =
                recommendation.start(HttpMethod.GET, "/recommendations/" + id, forwarded, "");
        Answer found = Peer.await(product);
        JsonNode goesWith = json("recommendation", Peer.await(others));
        if (found.status() == 404) {
            return Answer.text(404, "no such product");
        }
        return Answer.html(Pages.product(json("catalog", found), goesWith));
    }

    private Answer addToCart(Call call) {
        String product = call.parameter("product", "");
        if (!PLAIN.matcher(product).matches()) {
            return Answer.text(400, "which product? Send product=p01");
        }
        String path = "/carts/" + shopper(call) + "/" + product;
        JsonNode items = json("cart", cart.call(HttpMethod.POST, path, call.forwarded()));
        return Answer.html(Pages.cart(items));
    }

    private Answer buy(Call call) {
        Answer answer = checkout.call(HttpMethod.POST, "/orders/" + shopper(call), call.forwarded());
        // An empty cart and stock that cannot be reserved are the shop's own answers, for the customer to see.
        if (answer.status() == 409 || answer.status() == 503) {
            return answer;
        }
        return Answer.html(Pages.order(json("checkout", answer)));
    }

    /** Who is shopping: the cookie {@code shopper}; whoever has none shares the guests' cart. */
    private static String shopper(Call call) {
        String cookies = call.header("cookie");
        if (cookies != null) {
            for (Cookie cookie : Cookie.fromCookieHeader(cookies)) {
                if (cookie.name().equals("shopper")
                        && PLAIN.matcher(cookie.value()).matches()) {
                    return cookie.value();
                }
            }
        }
        return "guest";
    }

    private static JsonNode json(String peer, Answer answer) {
        if (answer.status() != 200) {
            throw new PeerFailedException(peer, "answered " + answer.status());
        }
        return Json.parse(answer.body());
    }
}
