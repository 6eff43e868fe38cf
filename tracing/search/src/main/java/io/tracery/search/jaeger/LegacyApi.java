package io.tracery.search.jaeger;

import com.fasterxml.jackson.core.JsonGenerator;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.search.store.Kind;
import io.tracery.search.store.Operation;
import io.tracery.search.store.TraceSource;
import io.tracery.search.store.TraceSource.Trace;
import io.tracery.search.trace.TraceView;
import io.tracery.search.trace.TraceView.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The routes that Jaeger's pages up to 2.18, Grafana, Kiali and scripts use, and a single trace for all pages. */
final class LegacyApi implements Answers {

    private final TraceSource source;
    private final LongSupplier clockNanos;

    LegacyApi(TraceSource source, LongSupplier clockNanos) {
        this.source = source;
        this.clockNanos = clockNanos;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                new Endpoint("/api/services", "services", this::services),
                new Endpoint("/api/services/{service}/operations", "operations", this::operationNames),
                new Endpoint("/api/operations", "operations", this::operations),
                new Endpoint("/api/traces", "search", this::search),
                new Endpoint("/api/traces/{id}", "trace", this::trace));
    }

    @Override
    public byte[] error(int status, String message, boolean pretty) {
        return Envelope.error(status, message, pretty);
    }

    private static Answer data(Envelope.Data data) {
        return data(data, List.of());
    }

    private static Answer data(Envelope.Data data, List<Envelope.Problem> problems) {
        return (out, pretty) -> Envelope.write(out, pretty, data, problems);
    }

    private Answer services(ServiceRequestContext ctx, QueryParams query) {
        return names(source.services());
    }

    private Answer operationNames(ServiceRequestContext ctx, QueryParams query) {
        String service = String.valueOf(ctx.pathParam("service"));
        return names(source.operations(service).stream()
                .map(Operation::name)
                .distinct()
                .toList());
    }

    private static Answer names(List<String> names) {
        return data(json -> {
            for (String name : names) {
                json.writeString(name);
            }
            return names.size();
        });
    }

    private Answer operations(ServiceRequestContext ctx, QueryParams query) {
        Parameters parameters = new Parameters(query);
        List<Kind> kinds = parameters.spanKinds();
        List<Operation> operations = source.operations(parameters.service()).stream()
                .filter(operation -> kinds.isEmpty() || kinds.contains(operation.kind()))
                .toList();
        return data(json -> {
            for (Operation operation : operations) {
                json.writeStartObject();
                json.writeStringField("name", operation.name());
                json.writeStringField("spanKind", operation.kind().label());
                json.writeEndObject();
            }
            return operations.size();
        });
    }

    private Answer search(ServiceRequestContext ctx, QueryParams query) {
        Parameters parameters = new Parameters(query);
        Mode mode = Answers.mode(parameters.raw());
        List<String> named = parameters.traceIds();
        if (named.isEmpty()) {
            Iterator<Trace> found = source.search(parameters.search(clockNanos.getAsLong()));
            return data(json -> {
                int written = 0;
                while (found.hasNext()) {
                    new TraceJson(json, mode).write(TraceView.of(found.next(), mode));
                    written++;
                }
                return written;
            });
        }
        List<Envelope.Problem> missing = new ArrayList<>();
        return data(json -> writeTraces(json, named, mode, missing), missing);
    }

    private int writeTraces(JsonGenerator json, List<String> ids, Mode mode, List<Envelope.Problem> missing)
            throws IOException {
        int written = 0;
        for (String id : ids) {
            Optional<Trace> trace = source.trace(id);
            if (trace.isPresent()) {
                new TraceJson(json, mode).write(TraceView.of(trace.get(), mode));
                written++;
            } else {
                missing.add(new Envelope.Problem(null, "trace not found", id));
            }
        }
        return written;
    }

    private Answer trace(ServiceRequestContext ctx, QueryParams query) {
        Mode mode = Answers.mode(new Parameters(query).raw());
        String id = Parameters.traceId(String.valueOf(ctx.pathParam("id")));
        TraceView trace = TraceView.of(source.trace(id).orElseThrow(ApiException::traceNotFound), mode);
        return data(json -> {
            new TraceJson(json, mode).write(trace);
            return 1;
        });
    }
}
