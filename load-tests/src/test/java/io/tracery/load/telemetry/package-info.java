@NullMarked
package io.tracery.load.telemetry;

import org.jspecify.annotations.NullMarked;
