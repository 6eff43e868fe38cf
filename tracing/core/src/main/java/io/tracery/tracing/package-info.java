/** What every part of the mesh says the same way: ids, names, fates, topics, encodings. */
@NullMarked
package io.tracery.tracing;

import org.jspecify.annotations.NullMarked;
