@NullMarked
package io.tracery.tracing.span;

import org.jspecify.annotations.NullMarked;
