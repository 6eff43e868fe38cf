@NullMarked
package io.tracery.cli.tap;

import org.jspecify.annotations.NullMarked;
