/** How figures and tables look in a terminal. */
@NullMarked
package io.tracery.cli.text;

import org.jspecify.annotations.NullMarked;
