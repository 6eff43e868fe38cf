/** What every process shares: typed configuration, start and end, the admin endpoints. */
@NullMarked
package io.tracery.process;

import org.jspecify.annotations.NullMarked;
