@NullMarked
package io.tracery.cli.graph;

import org.jspecify.annotations.NullMarked;
