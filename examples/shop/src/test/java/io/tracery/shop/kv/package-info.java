@NullMarked
package io.tracery.shop.kv;

import org.jspecify.annotations.NullMarked;
