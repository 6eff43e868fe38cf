package io.tracery.shop.service;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tracery.shop.net.Answer;
import io.tracery.shop.net.Forwarded;
import io.tracery.shop.net.Json;
import io.tracery.shop.net.Peer;
import io.tracery.shop.net.PeerFailedException;
import io.tracery.shop.shipping.Item;
import io.tracery.shop.shipping.ShipReply;
import io.tracery.shop.shipping.ShipRequest;
import io.tracery.shop.shipping.ShippingGrpc;
import java.util.HashMap;
import java.util.Map;

/** Books parcels over gRPC; asks the catalog once per parcel how much everything weighs. */
public final class Shipping extends ShippingGrpc.ShippingImplBase {

    private final Peer catalog;

    public Shipping(Peer catalog) {
        this.catalog = catalog;
    }

    @Override
    public void ship(ShipRequest request, StreamObserver<ShipReply> reply) {
        Forwarded forwarded =
                Forwarded.from(ServiceRequestContext.current().request().headers());
        Answer products;
        try {
            products = catalog.call(HttpMethod.GET, "/products", forwarded);
        } catch (PeerFailedException e) {
            reply.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        Map<String, Integer> gramsById = new HashMap<>();
        Json.parse(products.body())
                .forEach(product -> gramsById.put(
                        product.path("id").asText(), product.path("grams").asInt()));
        int grams = 0;
        for (Item item : request.getItemsList()) {
            grams += item.getQuantity() * gramsById.getOrDefault(item.getProductId(), 0);
        }
        reply.onNext(ShipReply.newBuilder()
                .setTrackingNumber("T-" + request.getOrderId())
                .setGrams(grams)
                .build());
        reply.onCompleted();
    }
}
