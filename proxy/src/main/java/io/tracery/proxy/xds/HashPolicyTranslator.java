package io.tracery.proxy.xds;

import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.tracery.proxy.route.HashPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code RouteAction.hash_policy} to {@link HashPolicy}, and {@code TcpProxy.hash_policy}. */
final class HashPolicyTranslator {

    private HashPolicyTranslator() {}

    /** @param where the route, for the report */
    static List<HashPolicy> translate(String where, List<RouteAction.HashPolicy> policies) throws InvalidResource {
        List<HashPolicy> translated = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            RouteAction.HashPolicy policy = policies.get(i);
            if (i < policies.size() - 1 && !policy.getTerminal()) {
                throw new InvalidResource(
                        where, "hash_policy: all but the last must be terminal; hashes are not put together here");
            }
            translated.add(one(where, policy));
        }
        return translated;
    }

    /** Of a connection of opaque bytes there is nothing else to hash; Envoy too takes one policy at most. */
    static boolean bySource(String where, List<io.envoyproxy.envoy.type.v3.HashPolicy> policies)
            throws InvalidResource {
        if (policies.size() > 1 || (policies.size() == 1 && !policies.getFirst().hasSourceIp())) {
            throw new InvalidResource(where, "tcp_proxy: hash_policy is one with source_ip, or none");
        }
        return !policies.isEmpty();
    }

    private static HashPolicy one(String where, RouteAction.HashPolicy policy) throws InvalidResource {
        return switch (policy.getPolicySpecifierCase()) {
            case HEADER ->
                new HashPolicy.Header(policy.getHeader().getHeaderName().toLowerCase(Locale.ROOT));
            case COOKIE -> {
                RouteAction.HashPolicy.Cookie cookie = policy.getCookie();
                Duration ttl = cookie.hasTtl() ? XdsTypes.duration(where, cookie.getTtl()) : null;
                String path = cookie.getPath().isEmpty() ? "/" : cookie.getPath();
                yield new HashPolicy.Cookie(cookie.getName(), path, ttl);
            }
            case CONNECTION_PROPERTIES -> {
                if (!policy.getConnectionProperties().getSourceIp()) {
                    throw new InvalidResource(where, "hash_policy: of connection_properties source_ip is to be true");
                }
                yield new HashPolicy.SourceAddress();
            }
            case POLICYSPECIFIER_NOT_SET ->
                throw new InvalidResource(where, "a hash_policy needs one of header, cookie and connection_properties");
        };
    }
}
