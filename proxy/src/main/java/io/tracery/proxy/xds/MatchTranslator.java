package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.tracery.proxy.route.RouteMatch;
import io.tracery.proxy.route.RouteMatch.Header;
import io.tracery.proxy.route.RouteMatch.Path;
import io.tracery.proxy.route.RouteMatch.Query;
import io.tracery.proxy.route.TextMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Envoy's {@code RouteMatch} to ours. */
final class MatchTranslator {

    private static final String METHOD = ":method";

    private final String route;

    /** @param route resource and route, for errors */
    MatchTranslator(String route) {
        this.route = route;
    }

    RouteMatch match(io.envoyproxy.envoy.config.route.v3.RouteMatch match) throws InvalidResource {
        String method = "";
        List<Header> headers = new ArrayList<>();
        for (HeaderMatcher header : match.getHeadersList()) {
            if (header.getName().equals(METHOD) && header.getStringMatch().hasExact()) {
                method = header.getStringMatch().getExact();
            } else {
                headers.add(header(header));
            }
        }
        List<Query> query = new ArrayList<>();
        for (QueryParameterMatcher parameter : match.getQueryParametersList()) {
            query.add(new Query(
                    parameter.getName(), text("query parameter " + parameter.getName(), parameter.getStringMatch())));
        }
        return new RouteMatch(path(match), method, headers, query);
    }

    private Path path(io.envoyproxy.envoy.config.route.v3.RouteMatch match) throws InvalidResource {
        return switch (match.getPathSpecifierCase()) {
            case PATH -> new Path.Exact(match.getPath());
            case PATH_SEPARATED_PREFIX -> new Path.Prefix(match.getPathSeparatedPrefix());
            case PREFIX -> {
                if (!match.getPrefix().endsWith("/")) {
                    throw new InvalidResource(route, "a prefix ends with \"/\", or is a path_separated_prefix");
                }
                yield new Path.Prefix(match.getPrefix());
            }
            case SAFE_REGEX ->
                new Path.Expression(
                        Expressions.whole(route, match.getSafeRegex().getRegex()));
            case PATHSPECIFIER_NOT_SET ->
                throw new InvalidResource(
                        route, "a match needs one of path, path_separated_prefix, prefix and safe_regex");
        };
    }

    Header header(HeaderMatcher header) throws InvalidResource {
        if (header.getName().startsWith(":") || header.getName().isEmpty()) {
            throw new InvalidResource(route, "header \"" + header.getName() + "\" cannot be matched so");
        }
        return new Header(
                header.getName().toLowerCase(Locale.ROOT), text("header " + header.getName(), header.getStringMatch()));
    }

    private TextMatch text(String what, StringMatcher matcher) throws InvalidResource {
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> new TextMatch.Exact(matcher.getExact());
            case SAFE_REGEX -> Expressions.whole(route, matcher.getSafeRegex().getRegex());
            default -> throw new InvalidResource(route, what + " must match string_match.exact or safe_regex");
        };
    }
}
