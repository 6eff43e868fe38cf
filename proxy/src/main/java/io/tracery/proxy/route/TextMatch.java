package io.tracery.proxy.route;

import java.util.function.Predicate;

/** What the value of a header or a query parameter must be. Ready to be asked: nothing is compiled for a request. */
public sealed interface TextMatch {

    boolean takes(String value);

    /** This very text. */
    record Exact(String text) implements TextMatch {

        @Override
        public boolean takes(String value) {
            return text.equals(value);
        }
    }

    /**
     * The whole value matches an expression of RE2's syntax. Two are equal when their texts are.
     *
     * @param text the expression
     * @param whole compiled; takes time linear in the value's length
     */
    record Expression(String text, Predicate<String> whole) implements TextMatch {

        @Override
        public boolean takes(String value) {
            return whole.test(value);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Expression expression && text.equals(expression.text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }
}
