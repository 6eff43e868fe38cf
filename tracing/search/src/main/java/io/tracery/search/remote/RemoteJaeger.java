package io.tracery.search.remote;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracery.search.protocol.query.FindTracesRequest;
import io.tracery.search.protocol.query.GetDependenciesRequest;
import io.tracery.search.protocol.query.GetOperationsRequest;
import io.tracery.search.protocol.query.GetServicesRequest;
import io.tracery.search.protocol.query.GetTraceRequest;
import io.tracery.search.protocol.query.QueryServiceGrpc.QueryServiceBlockingStub;
import io.tracery.search.protocol.query.TraceQueryParameters;
import io.tracery.search.store.CallSeries;
import io.tracery.search.store.Dependency;
import io.tracery.search.store.Kind;
import io.tracery.search.store.Operation;
import io.tracery.search.store.QueryTimeoutException;
import io.tracery.search.store.SourceUnavailableException;
import io.tracery.search.store.SpanEntry;
import io.tracery.search.store.SpanMatcher;
import io.tracery.search.store.TraceQuery;
import io.tracery.search.store.TraceQuery.Range;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.UnsupportedQueryException;
import io.tracery.search.store.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Traces that a stock Jaeger holds, asked for by its {@code jaeger.api_v3} over gRPC in plain text. Spans come as they are stored there; what is
 * odd about them is said here, as of our own.
 *
 * <p>Of a search Jaeger decides what matches, which depends on its storage. An answer has at most 64 MiB, which is also what one
 * takes here in memory, since Jaeger's traces come in no order.
 */
public final class RemoteJaeger implements TraceSource {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_MEBIBYTES = 64;

    private final String address;
    private final int mostSpans;
    private final Duration patience;
    private final MeterRegistry registry;
    private final QueryServiceBlockingStub jaeger;

    /** @param mostSpans of one trace that are returned */
    public RemoteJaeger(String address, int mostSpans, MeterRegistry registry) {
        this(address, mostSpans, PATIENCE, registry);
    }

    /** @param patience how long a whole answer may take */
    RemoteJaeger(String address, int mostSpans, Duration patience, MeterRegistry registry) {
        this.address = address;
        this.mostSpans = mostSpans;
        this.patience = patience;
        this.registry = registry;
        this.jaeger = GrpcClients.builder("gproto+h2c://" + address)
                .responseTimeout(patience)
                // Of a whole answer we count ourselves: beyond Armeria's own bound it gives up the connection, and with
                // it other answers.
                .maxResponseLength(0)
                .maxResponseMessageLength(MOST_MEBIBYTES << 20)
                .build(QueryServiceBlockingStub.class);
    }

    private record Found(Trace trace, long newest) {}

    @Override
    public Optional<Trace> trace(String traceId) {
        GetTraceRequest request = GetTraceRequest.newBuilder()
                .setTraceId(traceId)
                .setRawTraces(true)
                .build();
        List<SpanEntry> spans = call("trace", () -> {
            try {
                return byTrace(jaeger.getTrace(request)).getOrDefault(traceId, List.of());
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                    return List.of();
                }
                throw e;
            }
        });
        return spans.isEmpty() ? Optional.empty() : Optional.of(Trace.of(traceId, spans, mostSpans));
    }

    @Override
    public Iterator<Trace> search(TraceQuery query) {
        FindTracesRequest request =
                FindTracesRequest.newBuilder().setQuery(parameters(query)).build();
        Map<String, List<SpanEntry>> traces = call("search", () -> byTrace(jaeger.findTraces(request)));
        SpanMatcher matcher = new SpanMatcher(query);
        return traces.entrySet().stream()
                .map(trace -> new Found(
                        Trace.of(trace.getKey(), trace.getValue(), mostSpans), newest(trace.getValue(), matcher)))
                .sorted(Comparator.comparingLong(Found::newest).reversed())
                .limit(query.limit())
                .map(Found::trace)
                .iterator();
    }

    private static TraceQueryParameters parameters(TraceQuery query) {
        TraceQueryParameters.Builder asked = TraceQueryParameters.newBuilder()
                .putAllAttributes(query.tags())
                .setStartTimeMin(Wire.timestamp(Math.max(0, query.started().least())))
                .setStartTimeMax(Wire.timestamp(Math.max(0, query.started().most())))
                .setSearchDepth(query.limit())
                .setRawTraces(true);
        if (query.service() != null) {
            asked.setServiceName(query.service());
        }
        if (query.operation() != null) {
            asked.setOperationName(query.operation());
        }
        // Jaeger takes a duration of zero for none.
        if (query.duration().least() > 0) {
            asked.setDurationMin(Wire.duration(query.duration().least()));
        }
        if (query.duration().most() < Range.ANY.most()) {
            asked.setDurationMax(Wire.duration(Math.max(1, query.duration().most())));
        }
        return asked.build();
    }

    /** When the newest span began that meets the query; the newest at all where it is for another reason that Jaeger found the trace. */
    private static long newest(List<SpanEntry> spans, SpanMatcher matcher) {
        return spans.stream()
                .filter(matcher::matches)
                .mapToLong(entry -> entry.span().getStartTimeUnixNano())
                .max()
                .orElseGet(() -> spans.stream()
                        .mapToLong(entry -> entry.span().getStartTimeUnixNano())
                        .max()
                        .orElseThrow());
    }

    /** Spans by trace id; what has no valid ids is left out, since it cannot be named. */
    private static Map<String, List<SpanEntry>> byTrace(Iterator<TracesData> messages) {
        Map<String, List<SpanEntry>> traces = new LinkedHashMap<>();
        long bytes = 0;
        while (messages.hasNext()) {
            TracesData message = messages.next();
            bytes += message.getSerializedSize();
            if (bytes > (long) MOST_MEBIBYTES << 20) {
                throw Status.RESOURCE_EXHAUSTED.asRuntimeException();
            }
            for (SpanEntry entry : SpanEntry.of(message)) {
                if (entry.valid()) {
                    traces.computeIfAbsent(entry.traceId(), unseen -> new ArrayList<>())
                            .add(entry);
                }
            }
        }
        return traces;
    }

    @Override
    public List<String> services() {
        return call("services", () -> jaeger.getServices(GetServicesRequest.getDefaultInstance()))
                .getServicesList()
                .stream()
                .sorted()
                .toList();
    }

    @Override
    public List<Operation> operations(String service) {
        GetOperationsRequest request =
                GetOperationsRequest.newBuilder().setService(service).build();
        return call("operations", () -> jaeger.getOperations(request)).getOperationsList().stream()
                .map(operation -> new Operation(
                        operation.getName(),
                        Kind.labelled(operation.getSpanKind()).orElse(Kind.UNSPECIFIED)))
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public List<Dependency> dependencies(Range started) {
        GetDependenciesRequest request = GetDependenciesRequest.newBuilder()
                .setStartTime(Wire.timestamp(Math.max(0, started.least())))
                .setEndTime(Wire.timestamp(Math.max(0, started.most())))
                .build();
        return call("dependencies", () -> jaeger.getDependencies(request)).getDependenciesList().stream()
                .map(found -> new Dependency(found.getParent(), found.getChild(), found.getCallCount()))
                .toList();
    }

    @Override
    public Map<String, CallSeries> calls(String service, Set<Kind> kinds, Window window, boolean byOperation) {
        throw new UnsupportedQueryException(
                "Jaeger's query API tells no rates and durations over time: see the graph, or Jaeger's own"
                        + " monitor tab");
    }

    private <T> T call(String name, Supplier<T> call) {
        Timer.Sample sample = Timer.start(registry);
        String outcome = "failed";
        try {
            T answer = call.get();
            outcome = "ok";
            return answer;
        } catch (StatusRuntimeException e) {
            outcome = e.getStatus().getCode().name().toLowerCase(Locale.ROOT);
            throw failure(e);
        } finally {
            sample.stop(Timer.builder("tracery.search.jaeger")
                    .description("Time that Jaeger takes to answer, where it holds the traces")
                    .tag("call", name)
                    .tag("outcome", outcome)
                    .register(registry));
        }
    }

    private RuntimeException failure(StatusRuntimeException e) {
        Status status = e.getStatus();
        String said = "Jaeger at " + address + " answers " + status.getCode()
                + (status.getDescription() == null ? "" : ", " + status.getDescription());
        return switch (status.getCode()) {
            // Jaeger is told the deadline: where it sees the end first, it cancels. Nobody else cancels these calls.
            case DEADLINE_EXCEEDED, CANCELLED -> new QueryTimeoutException(patience);
            case UNIMPLEMENTED, INVALID_ARGUMENT -> new UnsupportedQueryException(said);
            case RESOURCE_EXHAUSTED ->
                new SourceUnavailableException(
                        "Jaeger at " + address + " answers with more than the " + MOST_MEBIBYTES
                                + " MiB that are held at a time: ask for fewer traces",
                        e);
            case UNAVAILABLE ->
                new SourceUnavailableException(
                        "Jaeger at " + address + " does not answer: is it running, and is traces.jaeger its gRPC port?",
                        e);
            default -> new SourceUnavailableException(said, e);
        };
    }
}
