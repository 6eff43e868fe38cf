/** A consumer of the mesh's topics, as anybody may write one. */
@NullMarked
package io.tracery.example.consumer;

import org.jspecify.annotations.NullMarked;
