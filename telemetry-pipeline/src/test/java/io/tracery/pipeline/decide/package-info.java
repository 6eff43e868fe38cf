@NullMarked
package io.tracery.pipeline.decide;

import org.jspecify.annotations.NullMarked;
