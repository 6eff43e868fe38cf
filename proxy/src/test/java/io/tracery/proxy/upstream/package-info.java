@NullMarked
package io.tracery.proxy.upstream;

import org.jspecify.annotations.NullMarked;
