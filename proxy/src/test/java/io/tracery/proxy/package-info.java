@NullMarked
package io.tracery.proxy;

import org.jspecify.annotations.NullMarked;
