@NullMarked
package io.tracery.proxy.tap;

import org.jspecify.annotations.NullMarked;
