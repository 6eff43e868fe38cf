@NullMarked
package io.tracery.pipeline;

import org.jspecify.annotations.NullMarked;
