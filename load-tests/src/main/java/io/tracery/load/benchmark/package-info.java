/** Benchmarks of hot paths, run by JMH. */
@NullMarked
package io.tracery.load.benchmark;

import org.jspecify.annotations.NullMarked;
