@NullMarked
package io.tracery.load.mesh;

import org.jspecify.annotations.NullMarked;
