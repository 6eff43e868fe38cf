/** What a Kubernetes cluster says of the workloads behind the nodes of the graph. */
@NullMarked
package io.tracery.topology.kubernetes;

import org.jspecify.annotations.NullMarked;
