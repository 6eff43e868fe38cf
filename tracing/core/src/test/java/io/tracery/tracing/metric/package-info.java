@NullMarked
package io.tracery.tracing.metric;

import org.jspecify.annotations.NullMarked;
