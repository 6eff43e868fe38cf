@NullMarked
package io.tracery.proxy.http2;

import org.jspecify.annotations.NullMarked;
