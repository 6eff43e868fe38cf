@NullMarked
package io.tracery.load.lab.report;

import org.jspecify.annotations.NullMarked;
