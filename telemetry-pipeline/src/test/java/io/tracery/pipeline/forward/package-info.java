@NullMarked
package io.tracery.pipeline.forward;

import org.jspecify.annotations.NullMarked;
