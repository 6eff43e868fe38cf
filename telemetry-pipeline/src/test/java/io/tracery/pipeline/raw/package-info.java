@NullMarked
package io.tracery.pipeline.raw;

import org.jspecify.annotations.NullMarked;
