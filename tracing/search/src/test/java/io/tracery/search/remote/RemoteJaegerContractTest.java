package io.tracery.search.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracery.search.store.CallSeries;
import io.tracery.search.store.Dependency;
import io.tracery.search.store.Kind;
import io.tracery.search.store.LuceneTraceStore;
import io.tracery.search.store.Operation;
import io.tracery.search.store.StoreLimits;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.TraceStore;
import io.tracery.search.store.TraceStoreContract;
import io.tracery.search.store.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Nothing is lost or changed between a store and a search that reads it through Jaeger's API: all that a store does can be seen from there. */
class RemoteJaegerContractTest extends TraceStoreContract {

    private static final int MOST_SPANS = 1_000;

    @Override
    protected TraceStore open(Path folder) {
        StoreLimits limits = new StoreLimits(
                Duration.ofHours(1), Long.MAX_VALUE, 10_000, 64L << 20, Duration.ofMillis(10), Duration.ofSeconds(10));
        return new BehindJaeger(LuceneTraceStore.open(folder, limits, () -> NOW));
    }

    /** A store that is filled on one side, and read on the other side of a Jaeger. */
    private static final class BehindJaeger implements TraceStore {

        private final TraceStore store;
        private final FakeJaeger server;
        private final TraceSource jaeger;

        BehindJaeger(TraceStore store) {
            this.store = store;
            this.server = new FakeJaeger(store);
            this.jaeger = new RemoteJaeger(server.address(), MOST_SPANS, new SimpleMeterRegistry());
        }

        @Override
        public Added add(byte[] otlp, long receivedMillis) throws InvalidProtocolBufferException {
            return store.add(otlp, receivedMillis);
        }

        @Override
        public void commit(Map<Integer, Long> positions) {
            store.commit(positions);
        }

        @Override
        public Map<Integer, Long> positions() {
            return store.positions();
        }

        @Override
        public void recover() {
            store.recover();
        }

        @Override
        public Optional<Trace> trace(String traceId) {
            return jaeger.trace(traceId);
        }

        @Override
        public List<String> find(TraceQuery query) {
            List<String> found = new ArrayList<>();
            search(query).forEachRemaining(trace -> found.add(trace.traceId()));
            return found;
        }

        @Override
        public Iterator<Trace> search(TraceQuery query) {
            return jaeger.search(query);
        }

        @Override
        public List<String> services() {
            return jaeger.services();
        }

        @Override
        public List<Operation> operations(String service) {
            return jaeger.operations(service);
        }

        @Override
        public List<Dependency> dependencies(TraceQuery.Range started) {
            return jaeger.dependencies(started);
        }

        @Override
        public Map<String, CallSeries> calls(String service, Set<Kind> kinds, Window window, boolean byOperation) {
            return jaeger.calls(service, kinds, window, byOperation);
        }

        @Override
        public void close() {
            server.close();
            store.close();
        }
    }
}
