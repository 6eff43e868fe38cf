/** Looks at a running demo from outside and says whether it keeps its promises. */
@NullMarked
package io.tracery.cli.check;

import org.jspecify.annotations.NullMarked;
