/** From raw results to medians, ratios, JSON objects and the page. */
@NullMarked
package io.tracery.load.lab.report;

import org.jspecify.annotations.NullMarked;
