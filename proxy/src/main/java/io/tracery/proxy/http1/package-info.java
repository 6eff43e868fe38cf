/** HTTP/1.1 on the wire, both ways: a strict reading of RFC 9112 that copies a head once and a body not at all. */
@NullMarked
package io.tracery.proxy.http1;

import org.jspecify.annotations.NullMarked;
