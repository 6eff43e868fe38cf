@NullMarked
package io.tracery.load.lab;

import org.jspecify.annotations.NullMarked;
