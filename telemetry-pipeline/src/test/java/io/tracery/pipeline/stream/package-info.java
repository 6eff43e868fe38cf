@NullMarked
package io.tracery.pipeline.stream;

import org.jspecify.annotations.NullMarked;
