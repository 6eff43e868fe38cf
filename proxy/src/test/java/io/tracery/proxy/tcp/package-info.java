@NullMarked
package io.tracery.proxy.tcp;

import org.jspecify.annotations.NullMarked;
