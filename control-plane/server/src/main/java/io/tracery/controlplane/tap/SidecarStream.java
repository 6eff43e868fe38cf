package io.tracery.controlplane.tap;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.api.tap.Order;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.controlplane.ca.BearerToken;
import io.tracery.controlplane.ca.TokenRefusedException;
import io.tracery.controlplane.ca.TokenVerifier;
import io.tracery.controlplane.model.Sidecar;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar's stream. Nobody is believed to be a sidecar without a service account token, nor to be another account's. One
 * thread at a time.
 */
final class SidecarStream implements StreamObserver<SidecarMessage> {

    private final TapService service;
    private final StreamObserver<Order> orders;
    private final TokenVerifier tokens;
    private final Function<String, @Nullable Sidecar> described;

    private String nodeId = "";
    private @Nullable Attendee attendee;
    private boolean over;

    SidecarStream(
            TapService service,
            StreamObserver<Order> orders,
            TokenVerifier tokens,
            Function<String, @Nullable Sidecar> described) {
        this.service = service;
        this.orders = orders;
        this.tokens = tokens;
        this.described = described;
    }

    @Override
    public void onNext(SidecarMessage message) {
        Attendee known = attendee;
        if (over) {
            return;
        }
        if (message.hasHello()) {
            hello(message.getHello().getNodeId());
        } else if (known == null) {
            refuse(Status.FAILED_PRECONDITION, "the first message says who it is");
        } else if (message.hasFound()) {
            Watch watch = service.watch(message.getFound().getWatch());
            if (watch != null) {
                watch.found(known, message.getFound().getJsonList());
            }
        } else if (message.hasProgress()) {
            Watch watch = service.watch(message.getProgress().getWatch());
            if (watch != null) {
                watch.progress(known, message.getProgress());
            }
        }
    }

    private void hello(String node) {
        Sidecar sidecar = described.apply(node);
        if (attendee != null) {
            refuse(Status.FAILED_PRECONDITION, "it has said who it is");
            return;
        }
        try {
            ServiceAccount account = tokens.verify(BearerToken.current());
            if (sidecar == null) {
                refuse(Status.NOT_FOUND, "no Sidecar object describes " + node);
            } else if (!account.namespace().equals(sidecar.name().namespace())
                    || !account.name().equals(sidecar.serviceAccount())) {
                refuse(Status.PERMISSION_DENIED, "the token of " + account.subject() + " is not that of " + node);
            } else {
                nodeId = node;
                Attendee joining = new Attendee(sidecar, orders);
                attendee = joining;
                service.joined(node, joining);
            }
        } catch (TokenRefusedException e) {
            refuse(Status.UNAUTHENTICATED, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(Status status, String why) {
        over = true;
        orders.onError(status.withDescription(why).asException());
    }

    @Override
    public void onError(Throwable cause) {
        leave();
    }

    @Override
    public void onCompleted() {
        leave();
        if (!over) {
            orders.onCompleted();
        }
    }

    private void leave() {
        Attendee leaving = attendee;
        if (leaving != null) {
            service.left(nodeId, leaving);
        }
    }
}
