package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.tracery.topology.graph.GraphReader;
import io.tracery.topology.graph.NodeId;
import io.tracery.topology.history.Past;
import io.tracery.topology.views.EdgeDetail;
import io.tracery.topology.views.GraphDiff;
import io.tracery.topology.views.Routes;
import io.tracery.topology.views.Services;
import java.time.Duration;
import java.util.List;

/** {@code /api/graph/diff}, {@code /api/edges}, {@code /api/services}, {@code /api/services/ns/name} and {@code /api/routes}. */
final class PastApi {

    private static final Duration SERVICE_STANDARD = Duration.ofMinutes(15);
    private static final Parameters.Span DIFF_WINDOW =
            new Parameters.Span("window", Duration.ofMinutes(5), Duration.ofSeconds(10), Duration.ofHours(1));

    /** Edges that the graph holds are at least those that were seen in this time. */
    private static final long EDGES_KNOWN_MILLIS = Duration.ofMinutes(55).toMillis();

    private final GraphReader reader;
    private final Past past;
    private final Times times;
    private final Services services;
    private final MeshApi mesh;

    PastApi(GraphReader reader, Past past, Times times, MeshApi mesh) {
        this.reader = reader;
        this.past = past;
        this.times = times;
        this.mesh = mesh;
        this.services = new Services(past, mesh::instances);
    }

    HttpResponse diff(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            GraphDiff diff = new GraphDiff(past);
            String a = parameters.required("a", "-10m");
            String b = parameters.required("b", "now");
            String node = parameters.optional("node");
            if (node != null) {
                parameters.only("node", "a", "b", "window", "at", "from", "to");
                Past.Interval interval = times.interval(times.asked(parameters, SERVICE_STANDARD));
                return Answers.json(
                        diff.versions(node, a, b, interval, mesh.events(interval.from(), interval.to(), node)));
            }
            parameters.only("a", "b", "window");
            Duration window = parameters.span(DIFF_WINDOW);
            Past.Interval before = times.interval(times.before("a", a, window));
            Past.Interval after = times.interval(times.before("b", b, window));
            long from = Math.min(before.from(), after.from());
            long to = Math.max(before.to(), after.to());
            return Answers.json(diff.moments(before, after, mesh.events(from, to, null)));
        });
    }

    HttpResponse edge(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("id", "window", "at", "from", "to");
            String id = parameters.required("id", "shop/front>shop/cart:http");
            Past.Interval interval = times.interval(times.asked(parameters, null));
            return EdgeDetail.of(past, id, interval, times.now())
                    .map(found -> Answers.json(found))
                    .orElseGet(() -> Answers.error(
                            HttpStatus.NOT_FOUND,
                            "nothing happened on an edge " + id
                                    + " then; /api/graph with the same time lists those it did on"));
        });
    }

    HttpResponse services(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("namespace", "window", "at", "from", "to");
            Past.Interval interval = times.interval(times.asked(parameters, null));
            return Answers.json(
                    services.listing(interval, parameters.optional("namespace"), mesh.undeclared(null), times.now()));
        });
    }

    HttpResponse service(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("window", "at", "from", "to");
            NodeId node = new NodeId(
                    String.valueOf(context.pathParam("namespace")), String.valueOf(context.pathParam("name")));
            Past.Interval interval = times.interval(times.asked(parameters, SERVICE_STANDARD));
            List<String> edges =
                    times.now() - interval.from() < EDGES_KNOWN_MILLIS ? reader.edgesOf(node.id()) : List.of();
            Services.Company company = new Services.Company(
                    edges,
                    mesh.proxies(node.id()),
                    mesh.balanced(node.id()),
                    mesh.undeclared(node.id()),
                    mesh.events(interval.from(), interval.to(), node.id()));
            return services.detail(node, interval, company, times.now())
                    .map(found -> Answers.json(found))
                    .orElseGet(() -> Answers.error(
                            HttpStatus.NOT_FOUND,
                            "there was no service " + node.id()
                                    + " then; /api/services with the same time lists those there were"));
        });
    }

    HttpResponse routes(ServiceRequestContext context) {
        return Answer.to(context, parameters -> {
            parameters.only("service", "namespace", "window", "at", "from", "to");
            Past.Interval interval = times.interval(times.asked(parameters, null));
            Routes.Scope scope = new Routes.Scope(parameters.optional("service"), parameters.optional("namespace"));
            return Answers.json(new Routes(past).listing(interval, scope, times.now()));
        });
    }
}
