@NullMarked
package io.tracery.process;

import org.jspecify.annotations.NullMarked;
