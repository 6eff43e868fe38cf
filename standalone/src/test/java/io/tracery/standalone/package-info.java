@NullMarked
package io.tracery.standalone;

import org.jspecify.annotations.NullMarked;
