/** What trace search costs: bytes of disk a span, spans a second on a core, and how long searches take meanwhile. */
@NullMarked
package io.tracery.load.search;

import org.jspecify.annotations.NullMarked;
