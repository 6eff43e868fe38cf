@NullMarked
package io.tracery.cli.check;

import org.jspecify.annotations.NullMarked;
