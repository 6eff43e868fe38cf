/** What the proxy is told at its start: an Envoy bootstrap, with what is ours alone in the node's metadata. */
@NullMarked
package io.tracery.proxy.bootstrap;

import org.jspecify.annotations.NullMarked;
