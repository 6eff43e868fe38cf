package io.tracery.shop.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpMethod;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Call;
import io.tracery.shop.net.Forwarded;
import io.tracery.shop.net.HttpApplication;
import io.tracery.shop.net.Json;
import io.tracery.shop.net.Peer;
import io.tracery.shop.net.PeerFailedException;
import io.tracery.shop.shipping.Item;
import io.tracery.shop.shipping.ShipReply;
import io.tracery.shop.shipping.ShipRequest;
import io.tracery.shop.shipping.ShippingGrpc.ShippingBlockingStub;

/** Cart → reservation → payment → parcel → empty cart, in this order; what fails stops it there. */
public final class Checkout implements HttpApplication.Routes {

    private final Peer cart;
    private final Peer inventory;
    private final Peer payment;
    private final ShippingBlockingStub shipping;

    public Checkout(Peer cart, Peer inventory, Peer payment, ShippingBlockingStub shipping) {
        this.cart = cart;
        this.inventory = inventory;
        this.payment = payment;
        this.shipping = shipping;
    }

    @Override
    public void addTo(HttpApplication application) {
        application.on(HttpMethod.POST, "/orders/{shopper}", this::order);
    }

    private Answer order(Call call) {
        Forwarded forwarded = call.forwarded();
        String order = call.requestId();
        String cartPath = "/carts/" + call.path("shopper");
        JsonNode items =
                Json.parse(cart.call(HttpMethod.GET, cartPath, forwarded).body());
        if (items.isEmpty()) {
            return Answer.text(409, "the cart is empty");
        }
        Answer reserved = inventory.call(HttpMethod.PUT, "/reservations/" + order, forwarded);
        if (reserved.status() != 200) {
            return Answer.text(
                    503,
                    "nothing can be reserved at the moment: " + reserved.body().strip());
        }
        Answer paid = payment.call(HttpMethod.POST, "/payments/" + order, forwarded, Json.write(items));
        if (paid.status() != 200) {
            throw new PeerFailedException("payment", "answered " + paid.status());
        }
        ShipReply parcel = ship(order, items, forwarded);
        cart.call(HttpMethod.DELETE, cartPath, forwarded);
        return Answer.json(Json.object()
                .put("order", order)
                .put("tracking", parcel.getTrackingNumber())
                .toString());
    }

    private ShipReply ship(String order, JsonNode items, Forwarded forwarded) {
        ShipRequest.Builder request = ShipRequest.newBuilder().setOrderId(order);
        items.properties()
                .forEach(item -> request.addItems(Item.newBuilder()
                        .setProductId(item.getKey())
                        .setQuantity(item.getValue().asInt())));
        Metadata headers = new Metadata();
        forwarded
                .headers()
                .forEach((name, value) ->
                        headers.put(Metadata.Key.of(name.toString(), Metadata.ASCII_STRING_MARSHALLER), value));
        try {
            return shipping.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .ship(request.build());
        } catch (StatusRuntimeException e) {
            throw new PeerFailedException("shipping", "answered " + e.getStatus());
        }
    }
}
