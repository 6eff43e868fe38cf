package io.tracery.controlplane.source;

import io.tracery.controlplane.api.ServiceAccount;
import io.tracery.controlplane.model.AppProtocol;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.RateLimit;
import io.tracery.controlplane.model.Sidecar;
import io.tracery.controlplane.model.Sidecar.Concurrency;
import io.tracery.controlplane.model.Sidecar.Inbound;
import io.tracery.controlplane.model.Sidecar.Outbound;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code policy.tracery.io/v1alpha1} Sidecar. */
final class SidecarReader {

    private static final int MOST_CONCURRENCY = 1_000_000;

    private SidecarReader() {}

    static Sidecar read(Name name, Fields spec) {
        List<Inbound> inbound = new ArrayList<>();
        for (Fields port : spec.objects("inbound")) {
            String tls = port.text("tls", "strict");
            if (!tls.equals("strict") && !tls.equals("permissive")) {
                port.problem("tls", "must be strict or permissive, not \"" + tls + "\"");
            }
            HostPort forward = hostPort(port, "forwardTo");
            inbound.add(new Inbound(
                    port.number("port", 1, 65_535),
                    Addresses.checked(port, "bind", port.text("bind", "127.0.0.1")),
                    protocol(port, "protocol"),
                    forward.host(),
                    forward.port(),
                    tls.equals("permissive"),
                    concurrency(port),
                    rateLimit(port)));
        }
        List<Outbound> outbound = new ArrayList<>();
        for (Fields service : spec.objects("outbound")) {
            HostPort bind = hostPort(service, "bind");
            outbound.add(new Outbound(
                    new Name(service.text("namespace", name.namespace()), service.text("service")),
                    service.number("port", 1, 65_535),
                    bind.host(),
                    bind.port()));
        }
        String serviceAccount = spec.text("serviceAccount");
        try {
            new ServiceAccount(name.namespace(), serviceAccount);
        } catch (IllegalArgumentException e) {
            if (!serviceAccount.isEmpty()) {
                spec.problem("serviceAccount", String.valueOf(e.getMessage()));
            }
        }
        return new Sidecar(name, spec.text("workload"), spec.text("version", ""), serviceAccount, inbound, outbound);
    }

    private static @Nullable RateLimit rateLimit(Fields inbound) {
        RateLimit limit = RateLimitReader.ofPort(inbound);
        if (limit != null && protocol(inbound, "protocol").opaque()) {
            inbound.problem("rateLimit", "counts requests, which opaque bytes have none of: say which protocol it is");
        }
        return limit;
    }

    private static @Nullable Concurrency concurrency(Fields inbound) {
        Fields concurrency = inbound.object("concurrency");
        if (concurrency == null) {
            return null;
        }
        if (protocol(inbound, "protocol").opaque()) {
            inbound.problem(
                    "concurrency", "counts requests, which opaque bytes have none of: say which protocol it is");
        }
        int least = concurrency.number("least", 4, 1, MOST_CONCURRENCY);
        int most = concurrency.number("most", Math.max(1000, least), 1, MOST_CONCURRENCY);
        if (least > most) {
            concurrency.problem("least", "must not be above most");
        }
        List<String> paths = concurrency.texts("criticalPaths");
        if (!paths.stream().allMatch(path -> path.matches("/[^ ?#]*"))) {
            concurrency.problem("criticalPaths", "are whole paths without a query that begin with \"/\"");
        }
        String priority = concurrency.text("priorityHeader", "").toLowerCase(Locale.ROOT);
        if (!priority.matches("[a-z0-9!#$%&'*+.^_`|~-]*")) {
            concurrency.problem("priorityHeader", "is the name of a header");
        }
        return new Concurrency(least, most, paths, priority);
    }

    private record HostPort(String host, int port) {}

    private static HostPort hostPort(Fields fields, String field) {
        String text = fields.text(field);
        int colon = text.lastIndexOf(':');
        Integer port = colon < 0 ? null : port(text.substring(colon + 1));
        if (port == null) {
            if (!text.isEmpty()) {
                fields.problem(field, "must be address:port, not \"" + text + "\"");
            }
            return new HostPort("127.0.0.1", 1);
        }
        String host = text.substring(0, colon);
        return new HostPort(
                Addresses.checked(
                        fields,
                        field,
                        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host),
                port);
    }

    private static @Nullable Integer port(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= 65_535
                ? Integer.valueOf(text)
                : null;
    }

    /** Kubernetes' {@code appProtocol} values, detected where nothing is said. */
    static AppProtocol protocol(Fields fields, String field) {
        return switch (fields.text(field, "auto")) {
            case "http" -> AppProtocol.HTTP;
            case "kubernetes.io/h2c", "grpc" -> AppProtocol.HTTP2;
            case "tcp" -> AppProtocol.TCP;
            case "tls", "https" -> AppProtocol.TLS;
            case "auto" -> AppProtocol.AUTO;
            default -> {
                fields.problem(
                        field,
                        "http, kubernetes.io/h2c, grpc, tcp, tls, https and auto are known, not \""
                                + fields.text(field, "") + "\"");
                yield AppProtocol.AUTO;
            }
        };
    }
}
