/** HTTP/2 frames of one connection, either side of it, and the HTTP/1 messages that exchanges are made of. */
@NullMarked
package io.tracery.proxy.http2;

import org.jspecify.annotations.NullMarked;
