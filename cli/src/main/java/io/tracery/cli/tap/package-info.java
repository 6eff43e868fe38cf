/** Single exchanges in the terminal, as they end. */
@NullMarked
package io.tracery.cli.tap;

import org.jspecify.annotations.NullMarked;
