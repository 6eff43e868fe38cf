/** What a span says: kinds, statuses, and the closed set of ways in which an exchange ends. */
@NullMarked
package io.tracery.tracing.span;

import org.jspecify.annotations.NullMarked;
