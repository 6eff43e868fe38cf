/** Starts the whole mesh with the example shop on one machine, and ends it again. */
@NullMarked
package io.tracery.cli.demo;

import org.jspecify.annotations.NullMarked;
