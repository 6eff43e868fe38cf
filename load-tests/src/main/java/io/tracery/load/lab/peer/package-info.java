/** The proxies under test: where each is found, how it is configured, how it is started. */
@NullMarked
package io.tracery.load.lab.peer;

import org.jspecify.annotations.NullMarked;
