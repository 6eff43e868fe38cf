@NullMarked
package io.tracery.proxy.data;

import org.jspecify.annotations.NullMarked;
