@NullMarked
package io.tracery.cli.text;

import org.jspecify.annotations.NullMarked;
