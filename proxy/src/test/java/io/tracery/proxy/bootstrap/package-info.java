@NullMarked
package io.tracery.proxy.bootstrap;

import org.jspecify.annotations.NullMarked;
