package io.tracery.shop;

import java.util.List;
import java.util.Locale;

/**
 * One running copy of a service.
 *
 * @param name for example {@code payment-2}
 * @param service for example {@code payment}
 * @param version of the service, for example {@code v2}
 * @param standardPort the port it serves on unless the environment names another
 * @param peers the services that it calls
 */
public record Instance(String name, String service, String version, int standardPort, List<String> peers) {

    /** Every instance of the shop. */
    public static final List<Instance> ALL = List.of(
            new Instance("front-1", "front", "v1", 20000, List.of("catalog", "recommendation", "cart", "checkout")),
            new Instance("catalog-1", "catalog", "v1", 20001, List.of()),
            new Instance("catalog-2", "catalog", "v1", 20002, List.of()),
            new Instance("cart-1", "cart", "v1", 20003, List.of("kv")),
            new Instance("checkout-1", "checkout", "v1", 20004, List.of("cart", "inventory", "payment", "shipping")),
            new Instance("payment-1", "payment", "v1", 20005, List.of("notifications")),
            new Instance("payment-2", "payment", "v2", 20006, List.of("notifications")),
            new Instance("shipping-1", "shipping", "v1", 20007, List.of("catalog")),
            new Instance("recommendation-1", "recommendation", "v1", 20008, List.of("catalog")),
            new Instance("kv-1", "kv", "v1", 20009, List.of()),
            new Instance("inventory-1", "inventory", "v1", 20010, List.of()),
            new Instance("notifications-1", "notifications", "v1", 20011, List.of("catalog")));

    /** The environment variable with its port, for example {@code PAYMENT_2_PORT}. */
    public String portVariable() {
        return variable("PORT");
    }

    /** The environment variable with the address of a peer, for example {@code CHECKOUT_1_PAYMENT_ADDR}. */
    public String addressVariable(String peer) {
        return variable(peer + "_ADDR");
    }

    private String variable(String suffix) {
        return (name + "_" + suffix).replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
