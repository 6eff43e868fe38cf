/** Answers what the control plane asks about single exchanges, for people who may ask it. */
@NullMarked
package io.tracery.proxy.tap;

import org.jspecify.annotations.NullMarked;
