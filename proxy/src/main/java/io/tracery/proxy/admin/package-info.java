/** The proxy's admin port: is it alive, is it ready, what does it do. */
@NullMarked
package io.tracery.proxy.admin;

import org.jspecify.annotations.NullMarked;
