@NullMarked
package io.tracery.proxy.identity;

import org.jspecify.annotations.NullMarked;
