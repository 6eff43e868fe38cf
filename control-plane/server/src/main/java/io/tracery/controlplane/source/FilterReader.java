package io.tracery.controlplane.source;

import io.tracery.controlplane.api.ProtectedHeaders;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Filters.Extension;
import io.tracery.controlplane.model.Filters.Header;
import io.tracery.controlplane.model.Filters.HeaderChange;
import io.tracery.controlplane.model.Filters.Mirror;
import io.tracery.controlplane.model.Filters.PathChange;
import io.tracery.controlplane.model.Filters.Redirect;
import io.tracery.controlplane.model.Name;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The list {@code filters} of a rule or of one of its backends. */
final class FilterReader {

    private static final String URL_CHARACTERS = "/-._~!$&'()*+,;=:@%";
    private static final Set<String> REPEATABLE = Set.of("RequestMirror", "ExtensionRef");
    private static final int MOST_FRACTION = 1_000_000;

    private final Name route;
    private final Set<String> allowed;

    private HeaderChange request = HeaderChange.NONE;
    private HeaderChange response = HeaderChange.NONE;
    private String hostname = "";
    private @Nullable PathChange path;
    private @Nullable Redirect redirect;
    private final List<Mirror> mirrors = new ArrayList<>();
    private final List<Extension> extensions = new ArrayList<>();

    private FilterReader(Name route, Set<String> allowed) {
        this.route = route;
        this.allowed = allowed;
    }

    static Filters ofHttpRule(Name route, Fields rule) {
        return new FilterReader(
                        route,
                        Set.of(
                                "RequestHeaderModifier",
                                "ResponseHeaderModifier",
                                "URLRewrite",
                                "RequestRedirect",
                                "RequestMirror",
                                "ExtensionRef"))
                .read(rule);
    }

    static Filters ofGrpcRule(Name route, Fields rule) {
        return new FilterReader(
                        route,
                        Set.of("RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef"))
                .read(rule);
    }

    /** What one backend's requests alone can be given: Envoy, too, knows no more for one of several clusters. */
    static Filters ofBackend(Name route, Fields backend) {
        return new FilterReader(route, Set.of("RequestHeaderModifier", "ResponseHeaderModifier")).read(backend);
    }

    private Filters read(Fields owner) {
        Set<String> seen = new HashSet<>();
        for (Fields filter : owner.objects("filters")) {
            String type = filter.text("type");
            if (!allowed.contains(type)) {
                filter.problem("type", type + " is not supported here; supported: " + String.join(", ", sorted()));
            } else if (!seen.add(type) && !REPEATABLE.contains(type)) {
                filter.problem("type", type + " stands here twice");
            } else {
                read(filter, type);
            }
        }
        if (redirect != null && (path != null || !hostname.isEmpty() || !mirrors.isEmpty())) {
            owner.problem(
                    "filters", "a rule that redirects forwards nothing: no URLRewrite and no RequestMirror with it");
        }
        return new Filters(request, response, hostname, path, redirect, mirrors, extensions);
    }

    private List<String> sorted() {
        return allowed.stream().sorted().toList();
    }

    private void read(Fields filter, String type) {
        switch (type) {
            case "RequestHeaderModifier" -> request = headers(filter.required("requestHeaderModifier"));
            case "ResponseHeaderModifier" -> response = headers(filter.required("responseHeaderModifier"));
            case "URLRewrite" -> {
                Fields rewrite = filter.required("urlRewrite");
                hostname = hostname(rewrite);
                path = path(rewrite);
                if (hostname.isEmpty() && path == null) {
                    rewrite.problem("path", "a rewrite needs a hostname, a path or both");
                }
            }
            case "RequestRedirect" -> redirect = redirect(filter.required("requestRedirect"));
            case "RequestMirror" -> mirrors.add(mirror(filter.required("requestMirror")));
            case "ExtensionRef" -> extension(filter.required("extensionRef"));
            default -> throw new IllegalStateException(type);
        }
    }

    private void extension(Fields reference) {
        String kind = reference.text("kind");
        if (!reference.text("group").equals(Extensions.GROUP) || !Extensions.KINDS.contains(kind)) {
            reference.problem(
                    "kind", "of group " + Extensions.GROUP + " are known: " + String.join(", ", Extensions.KINDS));
        } else if (extensions.stream().anyMatch(before -> before.kind().equals(kind))) {
            reference.problem("kind", "a rule names one " + kind);
        }
        extensions.add(new Extension(kind, new Name(route.namespace(), reference.text("name"))));
    }

    private static HeaderChange headers(Fields change) {
        List<String> remove = change.texts("remove");
        remove.forEach(name -> check(change, "remove", name, ""));
        return new HeaderChange(headers(change, "set"), headers(change, "add"), remove);
    }

    private static List<Header> headers(Fields change, String field) {
        List<Header> headers = new ArrayList<>();
        for (Fields entry : change.objects(field)) {
            Header header = new Header(entry.text("name"), entry.text("value"));
            check(entry, "name", header.name(), header.value());
            headers.add(header);
        }
        return headers;
    }

    private static void check(Fields where, String field, String name, String value) {
        String problem = ProtectedHeaders.problem(name);
        if (!problem.isEmpty()) {
            where.problem(
                    field, problem + (name.equalsIgnoreCase("host") ? "; URLRewrite has a hostname for that" : ""));
        }
        if (!ProtectedHeaders.valueProblem(value).isEmpty()) {
            where.problem("value", ProtectedHeaders.valueProblem(value));
        }
    }

    private static String hostname(Fields fields) {
        String hostname = fields.text("hostname", "");
        if (!hostname.matches("[A-Za-z0-9.-]*")) {
            fields.problem("hostname", "\"" + hostname + "\" is not the name of a host");
        }
        return hostname;
    }

    private static @Nullable PathChange path(Fields fields) {
        Fields path = fields.object("path");
        if (path == null) {
            return null;
        }
        String type = path.text("type");
        PathChange change = switch (type) {
            case "ReplaceFullPath" -> new PathChange(PathChange.Part.FULL, path.text("replaceFullPath"));
            case "ReplacePrefixMatch" -> {
                if (!path.has("replacePrefixMatch")) {
                    path.problem("replacePrefixMatch", "is missing");
                }
                yield new PathChange(PathChange.Part.PREFIX, path.text("replacePrefixMatch", ""));
            }
            default -> {
                path.problem("type", "ReplaceFullPath and ReplacePrefixMatch are supported, not " + type);
                yield null;
            }
        };
        if (change != null
                && !change.value()
                        .chars()
                        .allMatch(c -> (Character.isLetterOrDigit(c) && c < 0x80) || URL_CHARACTERS.indexOf(c) >= 0)) {
            path.problem("type", "\"" + change.value() + "\" cannot stand in a path");
        }
        return change;
    }

    private static Redirect redirect(Fields redirect) {
        String scheme = redirect.text("scheme", "");
        if (!Set.of("", "http", "https").contains(scheme)) {
            redirect.problem("scheme", "is http or https, not " + scheme);
        }
        int status = redirect.number("statusCode", 302, 301, 308);
        if (!Set.of(301, 302, 303, 307, 308).contains(status)) {
            redirect.problem("statusCode", "is 301, 302, 303, 307 or 308, not " + status);
        }
        return new Redirect(scheme, hostname(redirect), path(redirect), redirect.number("port", 0, 1, 65_535), status);
    }

    private Mirror mirror(Fields mirror) {
        Fields backend = mirror.required("backendRef");
        RouteParts.checkService(backend);
        Name service = new Name(backend.text("namespace", route.namespace()), backend.text("name"));
        int port = backend.number("port", 1, 65_535);
        Fields fraction = mirror.object("fraction");
        if (fraction == null) {
            return new Mirror(service, port, mirror.number("percent", 100, 0, 100), 100);
        }
        if (mirror.has("percent")) {
            mirror.problem("percent", "percent and fraction say the same thing: one of them");
        }
        int denominator = fraction.number("denominator", 100, 1, MOST_FRACTION);
        if (denominator != 100 && denominator != 10_000 && denominator != MOST_FRACTION) {
            fraction.problem("denominator", "is 100, 10000 or 1000000");
        }
        return new Mirror(service, port, fraction.number("numerator", 0, denominator), denominator);
    }
}
