/** What the mesh looks like from one proxy: immutable values that know neither the wire nor the platform. */
@NullMarked
package io.tracery.proxy.mesh;

import org.jspecify.annotations.NullMarked;
