/** What the lab asks of the machine: processes on cores, and the kernel's own accounts of them. */
@NullMarked
package io.tracery.load.lab.host;

import org.jspecify.annotations.NullMarked;
