@NullMarked
package io.tracery.checks;

import org.jspecify.annotations.NullMarked;
