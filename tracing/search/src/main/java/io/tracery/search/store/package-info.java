/** Where spans are kept and found again: the seam, and its implementation in Lucene. */
@NullMarked
package io.tracery.search.store;

import org.jspecify.annotations.NullMarked;
