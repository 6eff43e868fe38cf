/** The command line: what a person types. */
@NullMarked
package io.tracery.cli;

import org.jspecify.annotations.NullMarked;
