package io.tracery.controlplane.xds;

import com.google.re2j.Pattern;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import io.tracery.controlplane.api.XdsNames;
import io.tracery.controlplane.model.Filters;
import io.tracery.controlplane.model.Filters.Header;
import io.tracery.controlplane.model.Filters.HeaderChange;
import io.tracery.controlplane.model.Filters.Mirror;
import io.tracery.controlplane.model.Filters.PathChange;
import io.tracery.controlplane.model.Filters.Redirect;
import io.tracery.controlplane.model.Route.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Gateway API's filters as Envoy's routes say them. */
final class FilterResources {

    private static final String WHOLE_PATH = "^/.*$";

    private FilterResources() {}

    /** Headers: they stand on the route, whatever it does. */
    static void headers(Filters filters, Route.Builder route) {
        route.addAllRequestHeadersToAdd(toAdd(filters.request()))
                .addAllRequestHeadersToRemove(filters.request().remove())
                .addAllResponseHeadersToAdd(toAdd(filters.response()))
                .addAllResponseHeadersToRemove(filters.response().remove());
    }

    static void headers(Filters filters, ClusterWeight.Builder share) {
        share.addAllRequestHeadersToAdd(toAdd(filters.request()))
                .addAllRequestHeadersToRemove(filters.request().remove())
                .addAllResponseHeadersToAdd(toAdd(filters.response()))
                .addAllResponseHeadersToRemove(filters.response().remove());
    }

    /** @param match the path that the route takes, of which a prefix may be replaced */
    static void rewrite(Filters filters, Path match, RouteAction.Builder action) {
        if (!filters.hostname().isEmpty()) {
            action.setHostRewriteLiteral(filters.hostname());
        }
        PathChange change = filters.path();
        if (change != null) {
            String prefix = plainPrefix(change, match);
            if (prefix != null) {
                action.setPrefixRewrite(prefix);
            } else {
                action.setRegexRewrite(regex(change, match));
            }
        }
        filters.mirrors().forEach(mirror -> action.addRequestMirrorPolicies(mirror(mirror)));
    }

    static RedirectAction redirect(Redirect redirect, Path match) {
        RedirectAction.Builder action = RedirectAction.newBuilder()
                .setSchemeRedirect(redirect.scheme())
                .setHostRedirect(redirect.hostname())
                .setPortRedirect(port(redirect))
                .setResponseCode(
                        switch (redirect.status()) {
                            case 301 -> RedirectResponseCode.MOVED_PERMANENTLY;
                            case 303 -> RedirectResponseCode.SEE_OTHER;
                            case 307 -> RedirectResponseCode.TEMPORARY_REDIRECT;
                            case 308 -> RedirectResponseCode.PERMANENT_REDIRECT;
                            default -> RedirectResponseCode.FOUND;
                        });
        if (redirect.scheme().isEmpty()) {
            action.clearSchemeRewriteSpecifier();
        }
        PathChange change = redirect.path();
        if (change != null && change.part() == PathChange.Part.FULL) {
            action.setPathRedirect(change.value());
        } else if (change != null) {
            String prefix = plainPrefix(change, match);
            if (prefix != null) {
                action.setPrefixRewrite(prefix);
            } else {
                action.setRegexRewrite(regex(change, match));
            }
        }
        return action.build();
    }

    /** Where only the scheme is said, its well-known port is meant (Gateway API, HTTPRequestRedirectFilter.port). */
    private static int port(Redirect redirect) {
        if (redirect.port() != 0 || redirect.scheme().isEmpty()) {
            return redirect.port();
        }
        return redirect.scheme().equals("https") ? 443 : 80;
    }

    /** What Envoy puts in the place of the matched prefix, or null where that would leave two slashes or none. */
    private static @Nullable String plainPrefix(PathChange change, Path match) {
        String replacement = MatchResources.withoutSlash(change.value());
        if (change.part() == PathChange.Part.FULL) {
            return null;
        }
        if (match.value().equals("/")) {
            return replacement + "/";
        }
        return replacement.isEmpty() ? null : replacement;
    }

    private static RegexMatchAndSubstitute regex(PathChange change, Path match) {
        boolean full = change.part() == PathChange.Part.FULL;
        String pattern =
                full ? WHOLE_PATH : "^" + Pattern.quote(MatchResources.withoutSlash(match.value())) + "/?(.*)$";
        return RegexMatchAndSubstitute.newBuilder()
                .setPattern(RegexMatcher.newBuilder().setRegex(pattern))
                .setSubstitution(full ? change.value() : "/\\1")
                .build();
    }

    private static RequestMirrorPolicy mirror(Mirror mirror) {
        return RequestMirrorPolicy.newBuilder()
                .setCluster(XdsNames.outbound(
                        mirror.service().namespace(), mirror.service().name(), mirror.port()))
                .setDisableShadowHostSuffixAppend(true)
                .setRuntimeFraction(RuntimeFractionalPercent.newBuilder()
                        .setDefaultValue(fraction(mirror.numerator(), mirror.denominator())))
                .build();
    }

    static FractionalPercent fraction(int numerator, int denominator) {
        return FractionalPercent.newBuilder()
                .setNumerator(numerator)
                .setDenominator(
                        switch (denominator) {
                            case 100 -> DenominatorType.HUNDRED;
                            case 10_000 -> DenominatorType.TEN_THOUSAND;
                            default -> DenominatorType.MILLION;
                        })
                .build();
    }

    private static List<HeaderValueOption> toAdd(HeaderChange change) {
        List<HeaderValueOption> options = new ArrayList<>();
        change.set().forEach(header -> options.add(option(header, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
        change.add().forEach(header -> options.add(option(header, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
        return options;
    }

    /** A percent sign would begin a command of Envoy's. */
    private static HeaderValueOption option(Header header, HeaderAppendAction action) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder()
                        .setKey(header.name())
                        .setValue(header.value().replace("%", "%%")))
                .setAppendAction(action)
                .build();
    }
}
