/** The mesh as its configuration describes it: immutable values that know neither YAML nor xDS. */
@NullMarked
package io.tracery.controlplane.model;

import org.jspecify.annotations.NullMarked;
