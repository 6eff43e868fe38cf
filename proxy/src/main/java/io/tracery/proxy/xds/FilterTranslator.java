package io.tracery.proxy.xds;

import com.google.re2j.Pattern;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.tracery.controlplane.api.ProtectedHeaders;
import io.tracery.proxy.route.ClusterSplit;
import io.tracery.proxy.route.Filters;
import io.tracery.proxy.route.Fraction;
import io.tracery.proxy.route.HeaderEdits;
import io.tracery.proxy.route.HeaderEdits.Entry;
import io.tracery.proxy.route.Mirror;
import io.tracery.proxy.route.PathRewrite;
import io.tracery.proxy.route.Redirect;
import io.tracery.proxy.route.RetryPolicy;
import io.tracery.proxy.route.Route;
import io.tracery.proxy.route.RouteMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What Envoy's routes say of a request besides where it goes: headers, host, path, redirects, mirrors. */
final class FilterTranslator {

    private static final Duration MOST_MIRRORING = Duration.ofSeconds(15);
    private static final String URL_CHARACTERS = "/-._~!$&'()*+,;=:@%";

    private final String route;
    private final String name;

    /**
     * @param route resource and route, for errors
     * @param name the route's own
     */
    FilterTranslator(String route, String name) {
        this.route = route;
        this.name = name;
    }

    Filters forwarding(io.envoyproxy.envoy.config.route.v3.Route message, RouteMatch match) throws InvalidResource {
        RouteAction action = message.getRoute();
        return new Filters(
                edits(message.getRequestHeadersToAddList(), message.getRequestHeadersToRemoveList()),
                edits(message.getResponseHeadersToAddList(), message.getResponseHeadersToRemoveList()),
                host(action.getHostRewriteLiteral()),
                path(action.getPrefixRewrite(), action.hasRegexRewrite() ? action.getRegexRewrite() : null, match),
                null,
                mirrors(action));
    }

    Filters redirecting(RedirectAction action, RouteMatch match) throws InvalidResource {
        PathRewrite path = action.hasPathRedirect()
                ? new PathRewrite.Prefix(PathRewrite.Prefix.WHOLE, url(action.getPathRedirect()))
                : path(action.getPrefixRewrite(), action.hasRegexRewrite() ? action.getRegexRewrite() : null, match);
        int status = switch (action.getResponseCode()) {
            case MOVED_PERMANENTLY -> 301;
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
            case UNRECOGNIZED -> throw new InvalidResource(route, "the redirect's response_code is not known");
        };
        String scheme =
                action.getHttpsRedirect() ? "https" : action.getSchemeRedirect().toLowerCase(Locale.ROOT);
        if (!scheme.isEmpty() && !scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidResource(route, "a redirect's scheme is http or https, not " + scheme);
        }
        if (action.getPortRedirect() < 0 || action.getPortRedirect() > 65_535) {
            throw new InvalidResource(route, "port_redirect must be 1..65535");
        }
        Redirect redirect = new Redirect(
                scheme,
                host(action.getHostRedirect()),
                action.getPortRedirect(),
                path,
                action.getStripQuery() ? Redirect.Query.STRIPPED : Redirect.Query.KEPT,
                status);
        return new Filters(HeaderEdits.NONE, HeaderEdits.NONE, "", null, redirect, List.of());
    }

    Filters share(ClusterWeight share) throws InvalidResource {
        HeaderEdits request = edits(share.getRequestHeadersToAddList(), share.getRequestHeadersToRemoveList());
        HeaderEdits response = edits(share.getResponseHeadersToAddList(), share.getResponseHeadersToRemoveList());
        String host = host(share.getHostRewriteLiteral());
        return request.none() && response.none() && host.isEmpty()
                ? Filters.NONE
                : new Filters(request, response, host, null, null, List.of());
    }

    private HeaderEdits edits(List<HeaderValueOption> options, List<String> removed) throws InvalidResource {
        if (options.isEmpty() && removed.isEmpty()) {
            return HeaderEdits.NONE;
        }
        List<String> remove = new ArrayList<>();
        for (String header : removed) {
            remove.add(header(header));
        }
        List<Entry> set = new ArrayList<>();
        List<Entry> add = new ArrayList<>();
        for (HeaderValueOption option : options) {
            Entry entry = new Entry(
                    header(option.getHeader().getKey()),
                    value(option.getHeader().getValue()));
            HeaderAppendAction action = option.getAppendAction();
            switch (action) {
                case APPEND_IF_EXISTS_OR_ADD -> add.add(entry);
                case OVERWRITE_IF_EXISTS_OR_ADD -> set.add(entry);
                default -> throw new InvalidResource(route, "append_action " + action + " is not supported");
            }
        }
        return new HeaderEdits(remove, set, add);
    }

    private String header(String header) throws InvalidResource {
        String problem = ProtectedHeaders.problem(header);
        if (!problem.isEmpty()) {
            throw new InvalidResource(route, problem);
        }
        return header.toLowerCase(Locale.ROOT);
    }

    /** Envoy would read {@code %…%} as a command; only the escaped percent sign is a text. */
    private String value(String text) throws InvalidResource {
        String problem = ProtectedHeaders.valueProblem(text);
        if (!problem.isEmpty()) {
            throw new InvalidResource(route, problem);
        }
        String plain = text.replace("%%", "");
        if (plain.indexOf('%') >= 0) {
            throw new InvalidResource(route, "the header value \"" + text + "\" has a command, which is not supported");
        }
        return text.replace("%%", "%");
    }

    private String host(String host) throws InvalidResource {
        if (!host.chars().allMatch(c -> (Character.isLetterOrDigit(c) && c < 0x80) || "-._:[]".indexOf(c) >= 0)) {
            throw new InvalidResource(route, "\"" + host + "\" is not the name of a host");
        }
        return host;
    }

    private String url(String path) throws InvalidResource {
        if (!path.chars().allMatch(c -> (Character.isLetterOrDigit(c) && c < 0x80) || URL_CHARACTERS.indexOf(c) >= 0)) {
            throw new InvalidResource(route, "\"" + path + "\" cannot stand in a path");
        }
        return path;
    }

    private @Nullable PathRewrite path(String prefix, @Nullable RegexMatchAndSubstitute regex, RouteMatch match)
            throws InvalidResource {
        if (regex != null) {
            return expression(regex);
        }
        if (prefix.isEmpty()) {
            return null;
        }
        int length = match.path() instanceof RouteMatch.Path.Prefix taken
                ? taken.value().length()
                : PathRewrite.Prefix.WHOLE;
        return new PathRewrite.Prefix(length, url(prefix));
    }

    private PathRewrite expression(RegexMatchAndSubstitute regex) throws InvalidResource {
        Pattern pattern = Expressions.compiled(route, regex.getPattern().getRegex());
        String substitution = regex.getSubstitution();
        StringBuilder ours = new StringBuilder();
        int i = 0;
        while (i < substitution.length()) {
            char c = substitution.charAt(i);
            i++;
            if (c != '\\') {
                ours.append(c == '$' ? "\\$" : url(String.valueOf(c)));
                continue;
            }
            char group = i < substitution.length() ? substitution.charAt(i) : ' ';
            i++;
            if (group == '\\') {
                throw new InvalidResource(route, "a backslash cannot stand in a path");
            }
            if (group < '0' || group > '9' || group - '0' > pattern.groupCount() || pattern.groupCount() > 9) {
                throw new InvalidResource(
                        route, "the substitution \"" + substitution + "\" names a group that is not there");
            }
            ours.append('$').append(group);
        }
        String replacement = ours.toString();
        return new PathRewrite.Expression(
                pattern.pattern(), substitution, path -> pattern.matcher(path).replaceAll(replacement));
    }

    private List<Mirror> mirrors(RouteAction action) throws InvalidResource {
        List<Mirror> mirrors = new ArrayList<>();
        Duration limit = XdsTypes.duration(route, action.getTimeout());
        for (RequestMirrorPolicy policy : action.getRequestMirrorPoliciesList()) {
            if (policy.getCluster().isEmpty() || !policy.getDisableShadowHostSuffixAppend()) {
                throw new InvalidResource(
                        route,
                        "request_mirror_policies need a cluster and disable_shadow_host_suffix_append: true; the host stays as it is");
            }
            mirrors.add(new Mirror(
                    new Route(
                            name + "/mirror",
                            RouteMatch.ANY,
                            ClusterSplit.to(policy.getCluster()),
                            limit.isPositive() && limit.compareTo(MOST_MIRRORING) < 0 ? limit : MOST_MIRRORING,
                            RetryPolicy.NONE),
                    policy.hasRuntimeFraction() ? fraction(route, policy.getRuntimeFraction()) : Fraction.ALL));
        }
        return mirrors;
    }

    static Fraction fraction(String where, RuntimeFractionalPercent percent) throws InvalidResource {
        return fraction(where, percent.getDefaultValue());
    }

    static Fraction fraction(String where, FractionalPercent percent) throws InvalidResource {
        int denominator = switch (percent.getDenominator()) {
            case HUNDRED -> 100;
            case TEN_THOUSAND -> 10_000;
            case MILLION -> 1_000_000;
            case UNRECOGNIZED -> throw new InvalidResource(where, "the denominator of a percentage is not known");
        };
        if (percent.getNumerator() < 0 || percent.getNumerator() > denominator) {
            throw new InvalidResource(where, "a percentage is at most 100");
        }
        return new Fraction(percent.getNumerator(), denominator);
    }
}
