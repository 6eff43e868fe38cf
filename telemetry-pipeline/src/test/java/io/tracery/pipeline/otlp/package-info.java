@NullMarked
package io.tracery.pipeline.otlp;

import org.jspecify.annotations.NullMarked;
