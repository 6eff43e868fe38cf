@NullMarked
package io.tracery.load.lab.linkerd;

import org.jspecify.annotations.NullMarked;
