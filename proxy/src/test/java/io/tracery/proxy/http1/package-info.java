@NullMarked
package io.tracery.proxy.http1;

import org.jspecify.annotations.NullMarked;
