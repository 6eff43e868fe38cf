@NullMarked
package io.tracery.shop;

import org.jspecify.annotations.NullMarked;
