package io.tracery.controlplane.api;

import java.util.regex.Pattern;

/**
 * A Kubernetes service account, which is what an identity stands for.
 *
 * @param namespace a DNS label (RFC 1123)
 * @param name a DNS subdomain name (RFC 1123)
 */
public record ServiceAccount(String namespace, String name) {

    /** What Kubernetes writes before namespace and name in a token's subject. */
    private static final String SUBJECT = "system:serviceaccount:";

    private static final int MOST_LABEL_CHARACTERS = 63;
    private static final int MOST_NAME_CHARACTERS = 253;
    private static final String LABEL_PATTERN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final Pattern LABEL = Pattern.compile(LABEL_PATTERN);
    private static final Pattern NAME = Pattern.compile(LABEL_PATTERN + "(\\." + LABEL_PATTERN + ")*");

    /** @throws IllegalArgumentException when Kubernetes would not take one of the names */
    public ServiceAccount {
        if (namespace.length() > MOST_LABEL_CHARACTERS
                || !LABEL.matcher(namespace).matches()) {
            throw new IllegalArgumentException("\"" + namespace + "\" is not a namespace: a-z, 0-9 and '-', at most "
                    + MOST_LABEL_CHARACTERS + " characters");
        }
        if (name.length() > MOST_NAME_CHARACTERS || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is not a service account: a-z, 0-9, '-' and '.', at most " + MOST_NAME_CHARACTERS
                            + " characters");
        }
    }

    /**
     * Reads a token's subject, {@code system:serviceaccount:<namespace>:<name>}.
     *
     * @throws IllegalArgumentException when it is anything else
     */
    public static ServiceAccount ofSubject(String subject) {
        int colon = subject.indexOf(':', SUBJECT.length());
        if (!subject.startsWith(SUBJECT) || colon < 0) {
            throw new IllegalArgumentException("the subject is not " + SUBJECT + "<namespace>:<name>");
        }
        return new ServiceAccount(subject.substring(SUBJECT.length(), colon), subject.substring(colon + 1));
    }

    /** As a token's {@code sub} claim writes it. */
    public String subject() {
        return SUBJECT + namespace + ":" + name;
    }
}
