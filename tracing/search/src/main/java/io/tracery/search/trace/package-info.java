/** What a trace is once its spans are together: ids that are unique, who called whom, where the time went, what is odd. */
@NullMarked
package io.tracery.search.trace;

import org.jspecify.annotations.NullMarked;
