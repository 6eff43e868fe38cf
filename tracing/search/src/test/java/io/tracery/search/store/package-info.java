@NullMarked
package io.tracery.search.store;

import org.jspecify.annotations.NullMarked;
