/** Every process of the mesh but the proxy, in one JVM with a Kafka broker: for a laptop, a test, a demo. */
@NullMarked
package io.tracery.standalone;

import org.jspecify.annotations.NullMarked;
