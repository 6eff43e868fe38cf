package io.tracery.proxy.route;

import java.util.function.UnaryOperator;

/** What becomes of a request's path; the query stays as it is. */
public sealed interface PathRewrite {

    /** @return a path that begins with a slash */
    String apply(String path);

    /**
     * Puts a text in the place of the path's beginning.
     *
     * @param length of what the route's match took, {@link #WHOLE} for everything
     */
    record Prefix(int length, String replacement) implements PathRewrite {

        public static final int WHOLE = Integer.MAX_VALUE;

        @Override
        public String apply(String path) {
            String rest = length >= path.length() ? "" : path.substring(length);
            return rooted(replacement + rest);
        }
    }

    /**
     * Puts a text in the place of everything that an expression matches. Two are equal when their texts are.
     *
     * @param regex RE2's syntax
     * @param substitution with {@code \1} for the first group
     * @param compiled both, ready
     */
    record Expression(String regex, String substitution, UnaryOperator<String> compiled) implements PathRewrite {

        @Override
        public String apply(String path) {
            return rooted(compiled.apply(path));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Expression rewrite
                    && regex.equals(rewrite.regex)
                    && substitution.equals(rewrite.substitution);
        }

        @Override
        public int hashCode() {
            return 31 * regex.hashCode() + substitution.hashCode();
        }
    }

    private static String rooted(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }
}
