package io.tracery.controlplane.tap;

import io.tracery.controlplane.model.Name;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets its holder look at single exchanges of some workloads.
 *
 * @param name for the audit; not secret
 * @param sha256 digest of the token itself, in hexadecimal digits, so that nobody who reads it can use it
 * @param workloads {@code shop/cart}, {@code shop/*} or {@code *}; absent: all
 * @param expires when it ends, as {@code 2027-01-01T00:00:00Z}; absent: never
 */
public record TapToken(
        String name,
        String sha256,
        List<String> workloads,
        @Nullable String expires) {

    private static final int DIGEST_CHARACTERS = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Pattern SCOPE = Pattern.compile("\\*|[a-z0-9-]+/(\\*|[A-Za-z0-9._-]+)");

    public TapToken {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a tap token has a name of letters, digits and . _ @ -");
        }
        if (sha256 == null
                || sha256.length() != DIGEST_CHARACTERS
                || !sha256.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("tap token " + name
                    + ": sha256 is the token's digest in 64 hexadecimal digits; write: printf %s TOKEN | sha256sum");
        }
        workloads = workloads == null ? List.of("*") : List.copyOf(workloads);
        for (String scope : workloads) {
            if (!SCOPE.matcher(scope).matches()) {
                throw new IllegalArgumentException(
                        "tap token " + name + ": a workload is shop/cart, shop/* or *, not " + scope);
            }
        }
        if (expires != null) {
            try {
                Instant.parse(expires);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "tap token " + name + ": expires is a time like 2027-01-01T00:00:00Z, not " + expires, e);
            }
        }
    }

    byte[] digest() {
        return HexFormat.of().parseHex(sha256);
    }

    boolean expired(Instant now) {
        return expires != null && !now.isBefore(Instant.parse(expires));
    }

    /** Whether its holder may see what sidecars of this workload saw. */
    boolean covers(Name workload) {
        return workloads.stream().anyMatch(scope -> matches(scope, workload));
    }

    /** @param pattern empty or {@code *} for all, {@code shop/*}, {@code shop/cart}, or {@code cart} in any namespace */
    static boolean matches(String pattern, Name workload) {
        return pattern.isEmpty()
                || pattern.equals("*")
                || pattern.equals(workload.namespace() + "/*")
                || pattern.equals(workload.toString())
                || pattern.equals(workload.name());
    }
}
