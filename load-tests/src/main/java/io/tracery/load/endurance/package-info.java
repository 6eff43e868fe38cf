/** Sidecars as processes under bodies of GiB and under half an hour of change: memory, speed, and accounts that add up. */
@NullMarked
package io.tracery.load.endurance;

import org.jspecify.annotations.NullMarked;
