@NullMarked
package io.tracery.proxy.route;

import org.jspecify.annotations.NullMarked;
