package io.tracery.shop.service;

import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What there is to buy. */
public final class Catalog implements HttpApplication.Routes {

    /** @param cents price in euro cents */
    public record Product(String id, String name, int cents, int grams) {}

    private static final List<Product> PRODUCTS = List.of(
            new Product("p01", "Enamel mug", 1290, 310),
            new Product("p02", "Linen apron", 3450, 280),
            new Product("p03", "Walnut board", 4900, 1450),
            new Product("p04", "Paring knife", 2750, 95),
            new Product("p05", "Copper pan", 11900, 1820),
            new Product("p06", "Salt cellar", 1980, 240),
            new Product("p07", "Pepper mill", 3890, 330),
            new Product("p08", "Tea towel", 890, 110),
            new Product("p09", "Stoneware bowl", 2200, 640),
            new Product("p10", "Bread tin", 2690, 780),
            new Product("p11", "Oil bottle", 1750, 520),
            new Product("p12", "Egg timer", 1490, 150));

    private final Map<String, Product> byId = new LinkedHashMap<>();

    public Catalog() {
        PRODUCTS.forEach(product -> byId.put(product.id(), product));
    }

    /** The ids of everything in the catalog, in order. */
    public static List<String> productIds() {
        return PRODUCTS.stream().map(Product::id).toList();
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.GET, "/products", call -> Answer.json(Json.write(byId.values())));
        application.on(HttpMethod.GET, "/products/{id}", this::product);
    }

    private Answer product(Call call) {
        Product product = byId.get(call.path("id"));
        return product == null ? Answer.text(404, "no such product") : Answer.json(Json.write(product));
    }
}
