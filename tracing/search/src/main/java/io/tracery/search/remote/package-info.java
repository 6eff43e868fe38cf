/**
 * A stock Jaeger over gRPC, either way: its protocol for a storage that is not its own, so that it shows what is stored here, and its query API, so
 * that what it stores is shown here.
 */
@NullMarked
package io.tracery.search.remote;

import org.jspecify.annotations.NullMarked;
