/** What one event loop owns: nothing here is shared, so nothing here is locked. */
@NullMarked
package io.tracery.proxy.loop;

import org.jspecify.annotations.NullMarked;
