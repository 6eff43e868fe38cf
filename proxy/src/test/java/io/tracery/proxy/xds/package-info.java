@NullMarked
package io.tracery.proxy.xds;

import org.jspecify.annotations.NullMarked;
