/** Where mesh configuration comes from: a folder of YAML files, read strictly and watched. */
@NullMarked
package io.tracery.controlplane.source;

import org.jspecify.annotations.NullMarked;
