package io.tracery.shop.service;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import io.tracery.shop.kv.KvConnection;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Json;
import io.tracery.shop.net.PeerFailedException;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Carts: product ids with quantities, kept in the key-value store, one connection to it per request. */
public final class Cart implements HttpApplication.Routes {

    private final InetSocketAddress kv;

    public Cart(InetSocketAddress kv) {
        this.kv = kv;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.GET, "/carts/{shopper}", call -> withStore(call, store -> read(store, call)));
        application.on(
                HttpMethod.POST,
                "/carts/{shopper}/{product}",
                call -> withStore(call, store -> {
                    ObjectNode cart = read(store, call);
                    String product = call.path("product");
                    cart.put(product, cart.path(product).asInt() + 1);
                    store.put(key(call), Json.write(cart));
                    return cart;
                }));
        application.on(
                HttpMethod.DELETE,
                "/carts/{shopper}",
                call -> withStore(call, store -> {
                    store.delete(key(call));
                    return Json.object();
                }));
    }

    @FunctionalInterface
    private interface StoreWork {
        ObjectNode apply(KvConnection store) throws IOException;
    }

    private Answer withStore(Call call, StoreWork work) {
        try (KvConnection store = new KvConnection(kv)) {
            return Answer.json(Json.write(work.apply(store)));
        } catch (IOException e) {
            throw new PeerFailedException("kv", "failed for " + key(call) + ": " + e.getMessage());
        }
    }

    private static ObjectNode read(KvConnection store, Call call) throws IOException {
        return store.read(key(call)).map(text -> (ObjectNode) Json.parse(text)).orElseGet(Json::object);
    }

    private static String key(Call call) {
        return "cart/" + call.path("shopper");
    }
}
