package io.tracery.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.tracery.proxy.balance.Hashing;
import io.tracery.proxy.balance.LoadBalancer;
import io.tracery.proxy.route.HashPolicy;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a request's endpoint depends on where hashes decide.
 *
 * @param hash of the request, {@link LoadBalancer#NO_HASH} where there is nothing to hash
 * @param newCookie value of {@code Set-Cookie} for a client that is to bring a cookie from now on, or null
 */
record Affinity(long hash, @Nullable String newCookie) {

    static final Affinity NONE = new Affinity(LoadBalancer.NO_HASH, null);

    /** @param source hash of the address that the client connected from */
    static Affinity of(List<HashPolicy> policies, HttpHeaders headers, long source, RandomGenerator random) {
        for (int i = 0; i < policies.size(); i++) {
            Affinity found = switch (policies.get(i)) {
                case HashPolicy.Header header -> ofHeader(headers, header.name());
                case HashPolicy.Cookie cookie -> ofCookie(headers, cookie, random);
                case HashPolicy.SourceAddress ignored -> new Affinity(source, null);
            };
            if (found.hash != LoadBalancer.NO_HASH) {
                return found;
            }
        }
        return NONE;
    }

    private static Affinity ofHeader(HttpHeaders headers, String name) {
        long hash = LoadBalancer.NO_HASH;
        for (String value : headers.getAll(name)) {
            long one = Hashing.of(value);
            hash = hash == LoadBalancer.NO_HASH ? one : Hashing.with(hash, one);
        }
        return hash == LoadBalancer.NO_HASH ? NONE : new Affinity(hash, null);
    }

    private static Affinity ofCookie(HttpHeaders headers, HashPolicy.Cookie cookie, RandomGenerator random) {
        for (String line : headers.getAll(HttpHeaderNames.COOKIE)) {
            String value = value(line, cookie.name());
            if (value != null && !value.isEmpty()) {
                return new Affinity(Hashing.of(value), null);
            }
        }
        Duration ttl = cookie.ttl();
        if (ttl == null) {
            return NONE;
        }
        String value = HexFormat.of().toHexDigits(random.nextLong());
        String line = cookie.name() + "=" + value + "; Path=" + cookie.path()
                + (ttl.isZero() ? "" : "; Max-Age=" + ttl.toSeconds()) + "; HttpOnly";
        return new Affinity(Hashing.of(value), line);
    }

    /** The value of one cookie in a {@code Cookie} line (RFC 6265 section 4.2.1), or null. */
    static @Nullable String value(String line, String name) {
        int at = 0;
        while (at < line.length()) {
            int end = line.indexOf(';', at);
            end = end < 0 ? line.length() : end;
            while (at < end && line.charAt(at) == ' ') {
                at++;
            }
            if (line.startsWith(name, at) && at + name.length() < end && line.charAt(at + name.length()) == '=') {
                return line.substring(at + name.length() + 1, end).strip();
            }
            at = end + 1;
        }
        return null;
    }
}
