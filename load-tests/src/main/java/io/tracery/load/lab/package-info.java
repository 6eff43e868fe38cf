/** The lab: our proxy beside its peers on the same machine, the same core, the same work, in the same run. */
@NullMarked
package io.tracery.load.lab;

import org.jspecify.annotations.NullMarked;
