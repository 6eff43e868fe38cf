package io.tracery.controlplane.xds;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.tracery.controlplane.model.Route.Match;
import io.tracery.controlplane.model.Route.Path;
import io.tracery.controlplane.model.Route.Value;

/** Which requests a route takes, as Envoy writes it. */
final class MatchResources {

    private MatchResources() {}

    static RouteMatch match(Match match) {
        RouteMatch.Builder built = RouteMatch.newBuilder();
        path(match.path(), built);
        if (!match.method().isEmpty()) {
            built.addHeaders(HeaderMatcher.newBuilder()
                    .setName(":method")
                    .setStringMatch(StringMatcher.newBuilder().setExact(match.method())));
        }
        match.headers().forEach(header -> built.addHeaders(header(header)));
        match.query()
                .forEach(parameter -> built.addQueryParameters(QueryParameterMatcher.newBuilder()
                        .setName(parameter.name())
                        .setStringMatch(text(parameter))));
        return built.build();
    }

    private static void path(Path path, RouteMatch.Builder built) {
        String value = path.value();
        switch (path.type()) {
            case EXACT -> built.setPath(value);
            case EXPRESSION -> built.setSafeRegex(RegexMatcher.newBuilder().setRegex(value));
            case PREFIX -> {
                if (value.equals("/")) {
                    built.setPrefix("/");
                } else {
                    built.setPathSeparatedPrefix(withoutSlash(value));
                }
            }
        }
    }

    /** "/a/" and "/a" are the same prefix of elements (Gateway API, PathMatchPathPrefix). */
    static String withoutSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    static HeaderMatcher header(Value header) {
        return HeaderMatcher.newBuilder()
                .setName(header.name())
                .setStringMatch(text(header))
                .build();
    }

    private static StringMatcher text(Value value) {
        StringMatcher.Builder matcher = StringMatcher.newBuilder();
        switch (value.type()) {
            case EXACT -> matcher.setExact(value.text());
            case EXPRESSION -> matcher.setSafeRegex(RegexMatcher.newBuilder().setRegex(value.text()));
        }
        return matcher.build();
    }
}
