package io.tracery.controlplane.api;

/**
 * Who a workload is: {@code spiffe://<trust domain><path>}. Only well-formed identities exist, so two of them are equal
 * exactly when their texts are. Strict where URI libraries are lenient: no percent-encoding, port, query, fragment,
 * empty or relative path segment, trailing slash or upper-case trust domain (SPIFFE-ID.md, section 2).
 *
 * @param trustDomain 1 to 255 of {@code a-z 0-9 . - _}
 * @param path empty for the trust domain itself, else begins with a slash
 */
public record SpiffeId(String trustDomain, String path) {

    private static final String SCHEME = "spiffe://";
    private static final int MOST_BYTES = 2048;
    private static final int MOST_TRUST_DOMAIN_BYTES = 255;

    /** @throws IllegalArgumentException saying which part breaks which rule */
    public SpiffeId {
        checkTrustDomain(trustDomain);
        checkPath(path);
        if (SCHEME.length() + trustDomain.length() + path.length() > MOST_BYTES) {
            throw new IllegalArgumentException("a SPIFFE ID has at most " + MOST_BYTES + " bytes");
        }
    }

    /**
     * Reads an identity as a certificate or a configuration writes it.
     *
     * @throws IllegalArgumentException saying which part breaks which rule
     */
    public static SpiffeId parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw new IllegalArgumentException("a SPIFFE ID begins with " + SCHEME);
        }
        if (text.length() > MOST_BYTES) {
            throw new IllegalArgumentException("a SPIFFE ID has at most " + MOST_BYTES + " bytes");
        }
        int slash = text.indexOf('/', SCHEME.length());
        return slash < 0
                ? new SpiffeId(text.substring(SCHEME.length()), "")
                : new SpiffeId(text.substring(SCHEME.length(), slash), text.substring(slash));
    }

    /**
     * The identity of a Kubernetes service account: {@code spiffe://<trust domain>/ns/<namespace>/sa/<name>}.
     *
     * @throws IllegalArgumentException when a part cannot stand in a SPIFFE ID
     */
    public static SpiffeId ofServiceAccount(String trustDomain, ServiceAccount account) {
        return new SpiffeId(trustDomain, "/ns/" + account.namespace() + "/sa/" + account.name());
    }

    /** As certificates, configuration and telemetry write it. */
    @Override
    public String toString() {
        return SCHEME + trustDomain + path;
    }

    private static void checkTrustDomain(String trustDomain) {
        if (trustDomain.isEmpty() || trustDomain.length() > MOST_TRUST_DOMAIN_BYTES) {
            throw new IllegalArgumentException("a trust domain has 1 to " + MOST_TRUST_DOMAIN_BYTES + " characters");
        }
        for (int i = 0; i < trustDomain.length(); i++) {
            char c = trustDomain.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_') {
                throw new IllegalArgumentException("a trust domain has only a-z, 0-9, '.', '-' and '_'");
            }
        }
    }

    private static void checkPath(String path) {
        if (path.isEmpty()) {
            return;
        }
        if (path.charAt(0) != '/' || path.endsWith("/")) {
            throw new IllegalArgumentException("a SPIFFE ID's path begins with a slash and does not end with one");
        }
        int start = 1;
        while (start <= path.length()) {
            int end = path.indexOf('/', start);
            checkSegment(path.substring(start, end < 0 ? path.length() : end));
            start = end < 0 ? path.length() + 1 : end + 1;
        }
    }

    private static void checkSegment(String segment) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            throw new IllegalArgumentException("a SPIFFE ID's path has no empty, '.' or '..' segment");
        }
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_') {
                throw new IllegalArgumentException("a SPIFFE ID's path has only a-z, A-Z, 0-9, '.', '-' and '_'");
            }
        }
    }
}
