/** A whole mesh in one process, for tests that need one: real broker, real control plane, real proxies, real sockets. */
@NullMarked
package io.tracery.load.mesh;

import org.jspecify.annotations.NullMarked;
