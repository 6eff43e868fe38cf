/** A bounded open-loop load generator that knows what each of its requests must lead to. */
@NullMarked
package io.tracery.shop.load;

import org.jspecify.annotations.NullMarked;
