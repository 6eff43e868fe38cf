package io.tracery.controlplane.source;

import io.tracery.controlplane.model.BackendPolicy;
import io.tracery.controlplane.model.BackendPolicy.Target;
import io.tracery.controlplane.model.Name;
import io.tracery.controlplane.model.Service;
import io.tracery.controlplane.source.ModelReader.Located;
import io.tracery.process.NearNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether the Services that policies are for exist, and each has one policy. */
final class PolicyTargets {

    private final Map<Name, Located<Service>> services;
    private final Map<Name, Located<BackendPolicy>> policies;

    /** Which policy took a target first. */
    private final Map<String, Located<BackendPolicy>> taken = new HashMap<>();

    PolicyTargets(Map<Name, Located<Service>> services, Map<Name, Located<BackendPolicy>> policies) {
        this.services = services;
        this.policies = policies;
    }

    void check() {
        policies.values().forEach(policy -> policy.value().targets().forEach(target -> check(policy, target)));
    }

    private void check(Located<BackendPolicy> policy, Target target) {
        Name name = target.service();
        Located<Service> service = services.get(name);
        if (service == null) {
            policy.spec()
                    .problem(
                            "targetRefs",
                            "there is no Service " + name
                                    + NearNames.suggestion(name.toString(), ModelReader.names(services)));
            return;
        }
        boolean whole = target.port() == 0 && target.portName().isEmpty();
        List<Service.Port> ports =
                service.value().ports().stream().filter(target::covers).toList();
        if (ports.isEmpty()) {
            policy.spec()
                    .problem(
                            "targetRefs",
                            "Service " + name + " has no port "
                                    + (target.port() == 0 ? "named \"" + target.portName() + "\"" : target.port())
                                    + ", only "
                                    + service.value().ports().stream()
                                            .map(port -> port.port() + " \"" + port.name() + "\"")
                                            .toList());
            return;
        }
        claim(
                policy,
                name + (whole ? " as a whole" : " port " + ports.getFirst().port()));
    }

    /** Said in both, so that whoever looks at either finds it. */
    private void claim(Located<BackendPolicy> policy, String target) {
        Located<BackendPolicy> other = taken.putIfAbsent(target, policy);
        if (other != null) {
            conflict(policy, other, target);
            conflict(other, policy, target);
        }
    }

    private static void conflict(Located<BackendPolicy> one, Located<BackendPolicy> other, String target) {
        one.spec()
                .problem(
                        "targetRefs",
                        "Service " + target + " has two policies, this and "
                                + other.value().name() + ": put them together");
    }
}
