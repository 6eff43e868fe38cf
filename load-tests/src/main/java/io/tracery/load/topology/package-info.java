/** The graph at scale: what proxies of thousands of workloads would report, and how quickly the API answers meanwhile. */
@NullMarked
package io.tracery.load.topology;

import org.jspecify.annotations.NullMarked;
