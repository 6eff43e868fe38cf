@NullMarked
package io.tracery.search.jaeger;

import org.jspecify.annotations.NullMarked;
