@NullMarked
package io.tracery.tracing.topic;

import org.jspecify.annotations.NullMarked;
