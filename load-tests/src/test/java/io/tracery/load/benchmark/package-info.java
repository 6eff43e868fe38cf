@NullMarked
package io.tracery.load.benchmark;

import org.jspecify.annotations.NullMarked;
