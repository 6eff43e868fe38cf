/** A shop of small services that know nothing of the mesh. */
@NullMarked
package io.tracery.shop;

import org.jspecify.annotations.NullMarked;
