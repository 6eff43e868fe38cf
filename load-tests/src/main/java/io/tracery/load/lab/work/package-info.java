/** The works that proxies are given, one class each. */
@NullMarked
package io.tracery.load.lab.work;

import org.jspecify.annotations.NullMarked;
