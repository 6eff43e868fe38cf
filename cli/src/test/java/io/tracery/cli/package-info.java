@NullMarked
package io.tracery.cli;

import org.jspecify.annotations.NullMarked;
