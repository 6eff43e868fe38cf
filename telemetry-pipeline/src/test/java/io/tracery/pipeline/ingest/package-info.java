@NullMarked
package io.tracery.pipeline.ingest;

import org.jspecify.annotations.NullMarked;
