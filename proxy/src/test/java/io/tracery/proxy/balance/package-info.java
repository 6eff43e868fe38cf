@NullMarked
package io.tracery.proxy.balance;

import org.jspecify.annotations.NullMarked;
