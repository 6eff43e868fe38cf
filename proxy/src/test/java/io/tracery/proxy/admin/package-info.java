@NullMarked
package io.tracery.proxy.admin;

import org.jspecify.annotations.NullMarked;
