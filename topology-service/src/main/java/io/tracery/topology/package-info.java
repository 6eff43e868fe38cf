/** The topology service: what proxies counted, from Kafka, as a live graph. The composition root stands here. */
@NullMarked
package io.tracery.topology;

import org.jspecify.annotations.NullMarked;
