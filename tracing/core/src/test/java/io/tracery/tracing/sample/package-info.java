@NullMarked
package io.tracery.tracing.sample;

import org.jspecify.annotations.NullMarked;
