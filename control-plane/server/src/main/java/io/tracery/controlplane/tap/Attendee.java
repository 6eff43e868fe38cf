package io.tracery.controlplane.tap;

import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Order;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Sidecar;

/** A sidecar that holds its stream. Any thread. */
final class Attendee {

    private final Sidecar sidecar;
    private final StreamObserver<Order> orders;

    Attendee(Sidecar sidecar, StreamObserver<Order> orders) {
        this.sidecar = sidecar;
        this.orders = orders;
    }

    /** Of the graph's node. */
    Name workload() {
        return new Name(sidecar.name().namespace(), sidecar.workload());
    }

    Name name() {
        return sidecar.name();
    }

    io.tracery.controlplane.api.tap.Sidecar described() {
        return io.tracery.controlplane.api.tap.Sidecar.newBuilder()
                .setNamespace(sidecar.name().namespace())
                .setName(sidecar.name().name())
                .setWorkload(sidecar.workload())
                .setVersion(sidecar.version())
                .build();
    }

    synchronized void look(Look look) {
        orders.onNext(Order.newBuilder().setLook(look).build());
    }

    synchronized void stop(long watch) {
        orders.onNext(Order.newBuilder().setStop(watch).build());
    }

    /** A newer stream of the same sidecar has come. */
    synchronized void replaced() {
        orders.onCompleted();
    }
}
