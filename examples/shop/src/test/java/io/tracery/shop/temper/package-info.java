@NullMarked
package io.tracery.shop.temper;

import org.jspecify.annotations.NullMarked;
