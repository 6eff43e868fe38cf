package io.tracery.proxy;

import io.tracery.proxy.data.Detections;
import io.tracery.proxy.data.Opening;
import io.tracery.proxy.mesh.Listener;
import io.tracery.proxy.mesh.MeshSnapshot;
import io.tracery.proxy.telemetry.UndeclaredPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was found of ports whose protocol is not declared now: who has followed the advice need not hear it again. */
final class UndeclaredPorts {

    private UndeclaredPorts() {}

    static List<UndeclaredPort> of(MeshSnapshot snapshot, List<Detections.View> found) {
        List<UndeclaredPort> ports = new ArrayList<>();
        for (Detections.View view : found) {
            Listener listener = snapshot.listeners().get(view.listener());
            Map<String, Long> spoken = new TreeMap<>(view.connections());
            spoken.remove(Opening.UNDECIDED.label());
            if (listener != null && listener.handler() instanceof Listener.Handler.Auto auto && !spoken.isEmpty()) {
                ports.add(new UndeclaredPort(
                        view.listener(), spoken, auto.greeting().toMillis()));
            }
        }
        return ports;
    }
}
