package io.tracery.load.lab.linkerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.tracery.controlplane.ca.CertificateAuthority;
import io.tracery.load.lab.linkerd.api.DestinationGrpc;
import io.tracery.load.lab.linkerd.api.DestinationProto.GetDestination;
import io.tracery.load.lab.linkerd.api.IdentityGrpc;
import io.tracery.load.lab.linkerd.api.IdentityProto.CertifyRequest;
import io.tracery.load.lab.linkerd.api.IdentityProto.CertifyResponse;
import io.tracery.load.lab.linkerd.api.InboundProto.PortSpec;
import io.tracery.load.lab.linkerd.api.InboundServerPoliciesGrpc;
import io.tracery.load.lab.linkerd.api.NetProto.IPAddress;
import io.tracery.load.lab.linkerd.api.NetProto.TcpAddress;
import io.tracery.load.lab.linkerd.api.OutboundPoliciesGrpc;
import io.tracery.load.lab.linkerd.api.OutboundProto.TrafficSpec;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a linkerd2-proxy that asks over gRPC is told. */
class LinkerdControlPlaneTest {

    private static final int PLAIN = 27_120;
    private static final int PAIR = 27_130;
    private static final int BYTES = 27_140;

    @TempDir
    Path folder;

    private X509Certificate certificate;
    private LinkerdControlPlane controlPlane;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException, CertificateException {
        try (InputStream pem = Files.newInputStream(CertificateAuthority.open(folder, "lab.local", Clock.systemUTC())
                .rootFile())) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
        controlPlane = LinkerdControlPlane.start((name, request) -> {
            if (request.length == 0) {
                throw new IOException("nothing to sign for " + name);
            }
            return certificate;
        });
        controlPlane.serve(new LinkerdService(
                "servers", PLAIN, LinkerdService.Protocol.DETECT, List.of(endpoint(27_001), endpoint(27_002))));
        controlPlane.serve(new LinkerdService(
                "servers",
                PAIR,
                LinkerdService.Protocol.DETECT,
                List.of(new LinkerdEndpoint(
                        pod(), 27_001, Optional.of(new LinkerdEndpoint.Proxy("callee.lab.local", 27_131))))));
        controlPlane.serve(
                new LinkerdService("servers", BYTES, LinkerdService.Protocol.OPAQUE, List.of(endpoint(27_001))));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", controlPlane.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        controlPlane.close();
    }

    @Test
    void namesTheEndpointsOfAServiceWithoutProxies() {
        assertThat(endpoints("servers.lab.svc.cluster.local:27120")).isEqualTo("""
                add {
                  addrs {
                    addr {
                      ip {
                        ipv4: 169568752
                      }
                      port: 27001
                    }
                    weight: 1
                  }
                  addrs {
                    addr {
                      ip {
                        ipv4: 169568752
                      }
                      port: 27002
                    }
                    weight: 1
                  }
                }
                """);
    }

    @Test
    void leadsToAnEndpointsProxyInHttp2WithMutualTls() {
        assertThat(endpoints("servers.lab.svc.cluster.local:27130")).contains("""
                    tls_identity {
                      dns_like_identity {
                        name: "callee.lab.local"
                      }
                      server_name {
                        name: "callee.lab.local"
                      }
                    }
                    protocol_hint {
                      h2 {
                      }
                      opaque_transport {
                        inbound_port: 27131
                      }
                    }
                    http2 {
                      keep_alive {
                        interval {
                          seconds: 10
                        }
                        timeout {
                          seconds: 3
                        }
                        while_idle: true
                      }
                    }
                """);
    }

    @Test
    void knowsWhatAnAddressIsTheAddressOf() {
        assertThat(profile("127.0.0.1:27120")).isEqualTo("""
                fully_qualified_name: "servers.lab.svc.cluster.local"
                """);
        assertThat(profile("127.0.0.1:27140")).isEqualTo("""
                opaque_protocol: true
                fully_qualified_name: "servers.lab.svc.cluster.local"
                """);
    }

    @Test
    void routesWhateverProtocolItIsToTheBalancer() {
        String balancer = """
                balancer {
                  discovery {
                    dst {
                      path: "servers.lab.svc.cluster.local:27120"
                    }
                  }
                  peak_ewma {
                    default_rtt {
                      nanos: 30000000
                    }
                    decay {
                      seconds: 10
                    }
                  }
                }
                queue {
                  capacity: 100
                  failfast_timeout {
                    seconds: 3
                  }
                }
                """;

        String policy = policy(PLAIN);

        assertThat(policy).startsWith("""
                protocol {
                  detect {
                    timeout {
                      seconds: 10
                    }
                    opaque {
                """).endsWith("""
                metadata {
                  resource {
                    group: "core"
                    kind: "Service"
                    name: "servers"
                    namespace: "lab"
                    port: 27120
                  }
                }
                """);
        for (String protocol : List.of("opaque", "http1", "http2")) {
            assertThat(policy).containsOnlyOnce("    " + protocol + " {\n      routes {");
        }
        assertThat(flat(policy).split(Pattern.quote(flat(balancer)), -1)).hasSize(4);
    }

    @Test
    void relaysAsBytesWhatIsOpaque() {
        assertThat(policy(BYTES)).startsWith("protocol {\n  opaque {\n    routes {");
    }

    @Test
    void letsEverybodySendEverything() {
        Message server = InboundServerPoliciesGrpc.newBlockingStub(channel)
                .watchPort(PortSpec.newBuilder()
                        .setWorkload("callee")
                        .setPort(27_001)
                        .build())
                .next();

        assertThat(text(server)).contains("""
                authorizations {
                  networks {
                    net {
                      ip {
                        ipv4: 0
                      }
                    }
                  }
                  authentication {
                    unauthenticated {
                    }
                  }
                  metadata {
                    default: "all-unauthenticated"
                  }
                }
                """);
    }

    @Test
    void certifiesInDerUntilTheCertificateEnds() throws CertificateException {
        CertifyResponse response = certify(ByteString.copyFromUtf8("a request"));

        assertThat(response.getLeafCertificate().toByteArray()).isEqualTo(certificate.getEncoded());
        assertThat(response.getValidUntil().getSeconds())
                .isEqualTo(certificate.getNotAfter().toInstant().getEpochSecond());
    }

    @Test
    void saysWhatItCannotAnswer() {
        assertThatThrownBy(() -> certify(ByteString.EMPTY))
                .hasMessageContaining("nothing to sign for caller.lab.local");
        assertThatThrownBy(() -> policy(1)).hasMessageContaining("NOT_FOUND: no service at port 1");
        assertThatThrownBy(() -> profile("10.0.0.1:80")).hasMessageContaining("NOT_FOUND: no service 10.0.0.1:80");
    }

    private String endpoints(String path) {
        return text(DestinationGrpc.newBlockingStub(channel)
                .get(GetDestination.newBuilder().setPath(path).build())
                .next());
    }

    private String profile(String path) {
        return text(DestinationGrpc.newBlockingStub(channel)
                .getProfile(GetDestination.newBuilder().setPath(path).build())
                .next());
    }

    private String policy(int port) {
        TcpAddress address = TcpAddress.newBuilder()
                .setIp(IPAddress.newBuilder().setIpv4(0x7f000001))
                .setPort(port)
                .build();
        return text(OutboundPoliciesGrpc.newBlockingStub(channel)
                .watch(TrafficSpec.newBuilder().setAddr(address).build())
                .next());
    }

    private CertifyResponse certify(ByteString request) {
        return IdentityGrpc.newBlockingStub(channel)
                .certify(CertifyRequest.newBuilder()
                        .setIdentity("caller.lab.local")
                        .setCertificateSigningRequest(request)
                        .build());
    }

    private static String flat(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static String text(Message message) {
        return TextFormat.printer().printToString(message);
    }

    private static LinkerdEndpoint endpoint(int port) throws UnknownHostException {
        return new LinkerdEndpoint(pod(), port, Optional.empty());
    }

    private static Inet4Address pod() throws UnknownHostException {
        return (Inet4Address) InetAddress.getByName("10.27.105.240");
    }
}
