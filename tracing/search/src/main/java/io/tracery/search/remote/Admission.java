package io.tracery.search.remote;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.tracery.search.store.QueryTimeoutException;
import io.tracery.search.store.SourceUnavailableException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many calls are answered at once, and what a failure looks like to a client. */
final class Admission implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final int MOST = 16;
    private static final int PATIENCE_SECONDS = 2;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore calls = new Semaphore(MOST);

    /** One call's work: it sends all it has to say, but not the end. */
    interface Work<T> {
        void run(Client<T> client);
    }

    <T> void answer(StreamObserver<T> observer, Work<T> work) {
        Client<T> client = new Client<>(observer);
        executor.execute(() -> admit(client, work));
    }

    private <T> void admit(Client<T> client, Work<T> work) {
        boolean admitted = false;
        try {
            admitted = calls.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!admitted) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription(MOST + " calls are under way already; try again later")
                        .asRuntimeException();
            }
            work.run(client);
            client.complete();
        } catch (StatusRuntimeException e) {
            client.fail(e);
        } catch (QueryTimeoutException | SourceUnavailableException e) {
            client.fail(Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            client.fail(shuttingDown());
        } catch (RuntimeException e) {
            log.warn("a call of the remote storage failed", e);
            client.fail(Status.INTERNAL
                    .withDescription("the search failed: " + e.getMessage())
                    .asRuntimeException());
        } finally {
            if (admitted) {
                calls.release();
            }
        }
    }

    static StatusRuntimeException shuttingDown() {
        return Status.UNAVAILABLE.withDescription("the search is shutting down").asRuntimeException();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
