@NullMarked
package io.tracery.load.lab.peer;

import org.jspecify.annotations.NullMarked;
