@NullMarked
package io.tracery.shop.net;

import org.jspecify.annotations.NullMarked;
