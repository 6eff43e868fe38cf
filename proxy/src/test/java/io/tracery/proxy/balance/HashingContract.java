package io.tracery.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracery.proxy.mesh.Endpoint;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a balancer by hash must do besides. */
abstract class HashingContract extends LoadBalancerContract {

    private static final int CLIENTS = 10_000;

    /** How many of a thousand clients whose endpoint stays may move to another when one goes. */
    abstract int mostStrays();

    @Test
    void aClientAlwaysReachesTheSameEndpoint() {
        LoadBalancer balancer = balancer(Endpoints.many(7));
        for (int client = 0; client < 100; client++) {
            assertThat(owner(balancer, client)).isEqualTo(owner(balancer, client));
        }
    }

    @Test
    void everyProxyAgreesInWhateverOrderItWasToldTheEndpoints() {
        Endpoint[] endpoints = Endpoints.many(7);
        LoadBalancer one = balancer(endpoints);
        Collections.reverse(Arrays.asList(endpoints));
        LoadBalancer other = balancer(endpoints);
        for (int client = 0; client < 1000; client++) {
            assertThat(owner(one, client)).isEqualTo(owner(other, client));
        }
    }

    @Test
    void onlyTheClientsOfAnEndpointThatGoesMove() {
        LoadBalancer balancer = balancer(Endpoints.many(10));
        Endpoint[] before = owners(balancer);
        balancer.endpoints(List.of(Endpoints.many(9)));
        Endpoint[] after = owners(balancer);
        int strays = 0;
        for (int client = 0; client < CLIENTS; client++) {
            boolean stays = before[client].address().getPort() != 10;
            strays += stays && !before[client].equals(after[client]) ? 1 : 0;
        }
        assertThat(strays).isLessThanOrEqualTo(mostStrays() * CLIENTS / 1000);
    }

    @Test
    void onlyTheClientsOfAnEndpointThatIsLeftOutMove() {
        LoadBalancer balancer = balancer(FIVE_IN_A_ROW);
        balancer.endpoints(List.of(Endpoints.many(4)));
        Endpoint[] before = owners(balancer);
        EndpointLoad failing = load(balancer, 3);
        for (int i = 0; i < 5; i++) {
            failing.started();
            failing.failed(MILLI, now[0]);
        }
        Endpoint[] after = owners(balancer);
        for (int client = 0; client < CLIENTS; client++) {
            if (before[client].equals(failing.endpoint())) {
                assertThat(after[client]).isNotEqualTo(failing.endpoint());
            } else {
                assertThat(after[client]).isEqualTo(before[client]);
            }
        }
    }

    @Test
    void clientsWithoutAnythingToHashGoAnywhere() {
        LoadBalancer balancer = balancer(Endpoints.many(3));
        long distinct = java.util.stream.IntStream.range(0, 200)
                .mapToObj(i -> Objects.requireNonNull(balancer.pick(null, LoadBalancer.NO_HASH, now[0]))
                        .chosen())
                .distinct()
                .count();
        assertThat(distinct).isEqualTo(3);
    }

    private Endpoint[] owners(LoadBalancer balancer) {
        Endpoint[] owners = new Endpoint[CLIENTS];
        for (int client = 0; client < CLIENTS; client++) {
            owners[client] = owner(balancer, client);
        }
        return owners;
    }

    private Endpoint owner(LoadBalancer balancer, int client) {
        return Objects.requireNonNull(balancer.pick(null, Hashing.of("client " + client), now[0]))
                .chosen()
                .endpoint();
    }
}
