@NullMarked
package io.tracery.proxy.http;

import org.jspecify.annotations.NullMarked;
