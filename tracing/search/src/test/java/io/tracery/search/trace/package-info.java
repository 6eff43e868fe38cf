@NullMarked
package io.tracery.search.trace;

import org.jspecify.annotations.NullMarked;
