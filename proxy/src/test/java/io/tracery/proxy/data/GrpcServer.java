package io.tracery.proxy.data;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** An application that speaks gRPC and says that it lives: some calls it answers at once, others when it is told to. */
final class GrpcServer implements AutoCloseable {

    static final MethodDescriptor<byte[], byte[]> ECHO = GrpcTest.method("Echo", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> WORK = GrpcTest.method("Work", MethodType.UNARY);

    /** gRPC's own, as probes and clients ask it. */
    static final MethodDescriptor<byte[], byte[]> HEALTH = GrpcTest.method("Check", MethodType.UNARY).toBuilder()
            .setFullMethodName("grpc.health.v1.Health/Check")
            .build();

    /** Control traffic: a sidecar asks its control plane. */
    static final MethodDescriptor<byte[], byte[]> CONTROL = GrpcTest.method("Control", MethodType.UNARY).toBuilder()
            .setFullMethodName("envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")
            .build();

    private final Server server;
    private final List<StreamObserver<byte[]>> working = new CopyOnWriteArrayList<>();

    GrpcServer() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder("test.Test")
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcServer::answer))
                        .addMethod(WORK, ServerCalls.asyncUnaryCall((request, observer) -> working.add(observer)))
                        .build())
                .addService(ServerServiceDefinition.builder("grpc.health.v1.Health")
                        .addMethod(HEALTH, ServerCalls.asyncUnaryCall(GrpcServer::answer))
                        .build())
                .addService(ServerServiceDefinition.builder("envoy.service.discovery.v3.AggregatedDiscoveryService")
                        .addMethod(CONTROL, ServerCalls.asyncUnaryCall(GrpcServer::answer))
                        .build())
                .build()
                .start();
    }

    private static void answer(byte[] request, StreamObserver<byte[]> observer) {
        observer.onNext(request);
        observer.onCompleted();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    /** How many calls wait for {@link #finish}. */
    int working() {
        return working.size();
    }

    void finish() {
        working.forEach(observer -> answer(new byte[] {1}, observer));
    }

    static ManagedChannel dial(InetSocketAddress address) {
        return NettyChannelBuilder.forAddress(address)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build();
    }

    static Future<byte[]> begin(ManagedChannel channel, MethodDescriptor<byte[], byte[]> method) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(
                channel.newCall(method, CallOptions.DEFAULT), new byte[] {1}, new StreamObserver<byte[]>() {
                    @Override
                    public void onNext(byte[] value) {
                        answer.complete(value);
                    }

                    @Override
                    public void onError(Throwable t) {
                        answer.completeExceptionally(t);
                    }

                    @Override
                    public void onCompleted() {
                        // Its one answer was there.
                    }
                });
        return answer;
    }

    static Status.Code call(ManagedChannel channel, MethodDescriptor<byte[], byte[]> method) {
        try {
            CallOptions patient = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
            ClientCalls.blockingUnaryCall(channel, method, patient, new byte[] {1});
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
