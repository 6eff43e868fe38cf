/** A key-value store behind a protocol of its own over TCP. */
@NullMarked
package io.tracery.shop.kv;

import org.jspecify.annotations.NullMarked;
