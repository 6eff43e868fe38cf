/** Which traces to keep, decided alike by everyone who sees a trace. */
@NullMarked
package io.tracery.tracing.sample;

import org.jspecify.annotations.NullMarked;
