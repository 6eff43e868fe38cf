@NullMarked
package io.tracery.cli.trace;

import org.jspecify.annotations.NullMarked;
