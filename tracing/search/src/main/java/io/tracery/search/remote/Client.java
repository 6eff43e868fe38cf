package io.tracery.search.remote;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Who gets an answer: it is sent no more than it reads, so that one chunk at a time is in memory. */
final class Client<T> {

    private static final int PATIENCE_SECONDS = 10;

    private final ServerCallStreamObserver<T> observer;
    private final Semaphore moved = new Semaphore(0);

    /** To be made before the call's method returns, since gRPC takes handlers only until then. */
    Client(StreamObserver<T> observer) {
        this.observer = (ServerCallStreamObserver<T>) observer;
        this.observer.setOnReadyHandler(moved::release);
        this.observer.setOnCancelHandler(moved::release);
    }

    void send(T message) {
        try {
            while (!observer.isReady()) {
                if (observer.isCancelled()) {
                    throw Status.CANCELLED.withDescription("the client is gone").asRuntimeException();
                }
                if (!moved.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw Status.DEADLINE_EXCEEDED
                            .withDescription("the client does not read its answer")
                            .asRuntimeException();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Admission.shuttingDown();
        }
        observer.onNext(message);
    }

    void complete() {
        observer.onCompleted();
    }

    void fail(Throwable error) {
        observer.onError(error);
    }
}
