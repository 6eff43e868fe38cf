/** The load generators: other people's where they serve, our own where requests must not wait for answers. */
@NullMarked
package io.tracery.load.lab.load;

import org.jspecify.annotations.NullMarked;
