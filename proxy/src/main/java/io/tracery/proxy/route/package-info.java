/** Which request goes where: immutable rules, compiled when configuration is published. */
@NullMarked
package io.tracery.proxy.route;

import org.jspecify.annotations.NullMarked;
