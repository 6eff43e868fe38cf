@NullMarked
package io.tracery.tracing.otlp;

import org.jspecify.annotations.NullMarked;
