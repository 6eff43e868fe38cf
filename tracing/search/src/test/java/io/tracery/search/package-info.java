@NullMarked
package io.tracery.search;

import org.jspecify.annotations.NullMarked;
