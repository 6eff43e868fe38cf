/** What is measured, one class each, on proxies that take turns. */
@NullMarked
package io.tracery.load.lab.measure;

import org.jspecify.annotations.NullMarked;
