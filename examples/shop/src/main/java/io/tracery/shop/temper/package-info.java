/** Which requests go wrong or slow: chance that repeats itself. */
@NullMarked
package io.tracery.shop.temper;

import org.jspecify.annotations.NullMarked;
