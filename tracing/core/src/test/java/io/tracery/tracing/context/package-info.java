@NullMarked
package io.tracery.tracing.context;

import org.jspecify.annotations.NullMarked;
