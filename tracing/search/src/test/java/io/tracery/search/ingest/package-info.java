@NullMarked
package io.tracery.search.ingest;

import org.jspecify.annotations.NullMarked;
