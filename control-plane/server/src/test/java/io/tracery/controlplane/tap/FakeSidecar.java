package io.tracery.controlplane.tap;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tracery.controlplane.api.tap.Found;
import io.tracery.controlplane.api.tap.Hello;
import io.tracery.controlplane.api.tap.Look;
import io.tracery.controlplane.api.tap.Order;
import io.tracery.controlplane.api.tap.Progress;
import io.tracery.controlplane.api.tap.SidecarMessage;
import io.tracery.controlplane.api.tap.TapGrpc;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A sidecar's end of the stream, which says what the test says. */
final class FakeSidecar implements StreamObserver<Order> {

    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<SidecarMessage> out;

    FakeSidecar(Channel channel, String nodeId) {
        out = TapGrpc.newStub(channel).attend(this);
        out.onNext(SidecarMessage.newBuilder()
                .setHello(Hello.newBuilder().setNodeId(nodeId))
                .build());
    }

    Look look() throws InterruptedException {
        return next().getLook();
    }

    Order next() throws InterruptedException {
        Order order = orders.poll(20, TimeUnit.SECONDS);
        if (order == null) {
            throw new AssertionError("no order within 20 s; the stream's end: " + end);
        }
        return order;
    }

    void found(long watch, String... exchanges) {
        out.onNext(SidecarMessage.newBuilder()
                .setFound(Found.newBuilder().setWatch(watch).addAllJson(List.of(exchanges)))
                .build());
    }

    void progress(Progress.Builder progress) {
        out.onNext(SidecarMessage.newBuilder().setProgress(progress).build());
    }

    void leave() {
        out.onCompleted();
    }

    Status end() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(Order order) {
        orders.add(order);
    }

    @Override
    public void onError(Throwable cause) {
        end.complete(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }
}
