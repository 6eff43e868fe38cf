@NullMarked
package io.tracery.shop.load;

import org.jspecify.annotations.NullMarked;
