/** Measurements that merge: what proxies count and what readers of their counts compute with. */
@NullMarked
package io.tracery.tracing.metric;

import org.jspecify.annotations.NullMarked;
