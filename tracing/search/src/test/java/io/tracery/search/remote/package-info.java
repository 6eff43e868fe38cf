@NullMarked
package io.tracery.search.remote;

import org.jspecify.annotations.NullMarked;
