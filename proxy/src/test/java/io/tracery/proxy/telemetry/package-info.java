@NullMarked
package io.tracery.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
