@NullMarked
package io.tracery.cli.demo;

import org.jspecify.annotations.NullMarked;
