@NullMarked
package io.tracery.load.search;

import org.jspecify.annotations.NullMarked;
