@NullMarked
package io.tracery.load.lab.host;

import org.jspecify.annotations.NullMarked;
