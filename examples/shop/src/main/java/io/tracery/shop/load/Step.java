package io.tracery.shop.load;

import io.tracery.shop.service.Recommendation;
import io.tracery.shop.temper.Temper;
import io.tracery.shop.temper.Temper.Refusal;
import java.util.ArrayList;
import java.util.List;

/** The requests that customers send, each with all that it leads to inside the shop. */
enum Step {
    HOME("GET", "/") {
        @Override
        List<Consequence> inside(Refusal refusal) {
            return List.of(Consequence.call(Edge.http("front", "catalog")));
        }
    },

    PRODUCT("GET", "/product/%s") {
        @Override
        List<Consequence> inside(Refusal refusal) {
            return List.of(
                    Consequence.call(Edge.http("front", "catalog")),
                    Consequence.call(Edge.http("front", "recommendation")),
                    Consequence.calls(Edge.http("recommendation", "catalog"), Recommendation.HOW_MANY));
        }
    },

    ADD_TO_CART("POST", "/cart?product=%s") {
        @Override
        List<Consequence> inside(Refusal refusal) {
            return List.of(Consequence.call(Edge.http("front", "cart")), Consequence.call(CART_TO_KV));
        }
    },

    CHECKOUT("POST", "/checkout") {
        @Override
        int status(Refusal refusal) {
            return refusal == Refusal.ALWAYS ? 503 : 200;
        }

        @Override
        List<Consequence> inside(Refusal refusal) {
            // The inventory's route tries once more, so a refusal costs the inventory two requests and checkout one.
            int reservations = refusal == Refusal.NEVER ? 1 : 2;
            // The cart is read first and emptied last, where the order got that far.
            int cartCalls = refusal == Refusal.ALWAYS ? 1 : 2;
            List<Consequence> all = new ArrayList<>(List.of(
                    Consequence.call(Edge.http("front", "checkout")),
                    Consequence.calls(Edge.http("checkout", "cart"), cartCalls),
                    Consequence.calls(CART_TO_KV, cartCalls),
                    new Consequence(Edge.http("checkout", "inventory"), 1, reservations)));
            if (refusal != Refusal.ALWAYS) {
                all.add(Consequence.call(Edge.http("checkout", "payment")));
                all.add(Consequence.call(Edge.http("payment", "notifications")));
                all.add(Consequence.call(Edge.http("notifications", "catalog")));
                all.add(Consequence.call(new Edge("checkout", "shipping", "grpc")));
                all.add(Consequence.call(Edge.http("shipping", "catalog")));
            }
            return all;
        }
    };

    private static final Edge CART_TO_KV = new Edge("cart", "kv", "tcp");

    private final String method;
    private final String path;

    Step(String method, String path) {
        this.method = method;
        this.path = path;
    }

    String method() {
        return method;
    }

    String path(String product) {
        return path.formatted(product);
    }

    /** The one status that the shop answers this request with. */
    final int expectedStatus(Temper temper, String requestId) {
        return status(temper.inventoryRefusal(requestId));
    }

    /** Every call that this request leads to, itself included. */
    final List<Consequence> consequences(Temper temper, String requestId) {
        List<Consequence> all = new ArrayList<>(inside(temper.inventoryRefusal(requestId)));
        all.add(Consequence.call(Edge.http(Edge.CLIENT, "front")));
        return all;
    }

    int status(Refusal refusal) {
        return 200;
    }

    abstract List<Consequence> inside(Refusal refusal);
}
