import { fetchLimits, fetchMesh, type Limits, type Mesh } from '../../api/mesh';
import { useFreshness } from '../../api/live';
import { useLiveQuery } from '../../api/useLiveQuery';
import { Figure } from '../../components/Figure';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { Bone, State } from '../../components/State';
import { ago, bytes, count, latency, text } from '../../model/format';
import { meshProblems } from '../../model/meshHealth';
import { Proxies } from './Proxies';
import styles from './mesh.module.css';

const EVERY_MS = 2_000;

/** The mesh itself: its sidecars, their configuration and certificates, and whether what they report arrives. */
export function MeshPage() {
  const mesh = useLiveQuery({ key: ['mesh'], fetch: fetchMesh, everyMs: EVERY_MS });
  const limits = useLiveQuery({ key: ['limits'], fetch: fetchLimits, everyMs: 5 * EVERY_MS });
  const { data, error } = mesh;
  return (
    <>
      <Header title="Mesh" tab="Mesh" summary={data && `${data.proxies.length} sidecars`} />
      <FreshnessBanner />
      {data ? (
        data.proxies.length === 0 ? (
          <State title="No sidecar has reported yet" command="./tracery demo">
            <p>Sidecars show up here as soon as they report, with their configuration and certificates.</p>
          </State>
        ) : (
          <div className={styles.page} data-testid="mesh">
            <Verdict mesh={data} limits={limits.data} />
            <div className={styles.columns}>
              <Pipeline mesh={data} />
              {limits.data && <Bounds limits={limits.data} />}
            </div>
            <Proxies mesh={data} />
          </div>
        )
      ) : error ? (
        <State title="The mesh cannot be shown" tone="failing">
          <p>{error.message}. It is asked for again as soon as the server speaks.</p>
        </State>
      ) : (
        <div className={styles.loading} role="status" aria-label="Loading the mesh">
          <Bone width="50%" height={40} />
          <Bone width="100%" height={160} />
          <Bone width="100%" height={260} />
        </div>
      )}
    </>
  );
}

/** In words, what of the mesh itself is not as it should be. */
function Verdict({ mesh, limits }: { mesh: Mesh; limits: Limits | undefined }) {
  const freshness = useFreshness();
  const problems = meshProblems(mesh, limits);
  return (
    <section
      className={styles.verdict}
      aria-label="How the mesh is"
      data-tone={problems.length > 0 ? 'warning' : undefined}
    >
      {problems.length === 0 ? (
        <p>
          <strong>All is well.</strong> Every sidecar was heard of within the last seconds and has a
          certificate that is renewed in time; nothing was dropped.
          {'ageMs' in freshness && ` The newest data is ${ago(freshness.ageMs)} old.`}
        </p>
      ) : (
        <ul>
          {problems.map((problem) => (
            <li key={problem}>▲ {problem}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Pipeline({ mesh: { pipeline, now } }: { mesh: Mesh }) {
  const { edgeLag, groups, instances, newestData, status } = pipeline;
  return (
    <section className={styles.part} aria-label="Pipeline">
      <h2>Pipeline</h2>
      <dl className={styles.facts}>
        <div>
          <dt>Status</dt>
          <dd>{status === 'ok' ? 'up to date' : status}</dd>
        </div>
        <div>
          <dt>Newest data</dt>
          <dd>{newestData === null ? 'none yet' : `${ago(now - newestData)} old`}</dd>
        </div>
        <div>
          <dt>From a report to its edge</dt>
          <dd>
            {text(latency(edgeLag.p50))} half of the time, {text(latency(edgeLag.p99))} at p99
          </dd>
        </div>
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">Reader</th>
            <th scope="col">Topic</th>
            <th scope="col">Records behind</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={`${group.group} ${group.topic}`}>
              <th scope="row">{group.group}</th>
              <td className={styles.left}>{group.topic}</td>
              <td>{count(group.lag)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {instances.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Topology service</th>
              <th scope="col">Answers</th>
              <th scope="col">Partitions</th>
            </tr>
          </thead>
          <tbody>
            {instances.map((instance) => (
              <tr key={instance.address}>
                <th scope="row" className="mono">
                  {instance.address}
                  {instance.self && <span className={styles.tag}>this one</span>}
                </th>
                <td className={styles.left} data-health={instance.answers ? undefined : 'failing'}>
                  {instance.answers ? 'yes' : '▲ no'}
                </td>
                <td>{instance.partitions.length === 0 ? 'none' : instance.partitions.join(' ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Bounds({ limits }: { limits: Limits }) {
  const { edges, externalHosts, routes, historyBytes, history, dropped } = limits;
  const lost = Object.entries(dropped).filter(([, n]) => n > 0);
  return (
    <section className={styles.part} aria-label="Bounds">
      <h2>Bounds, and what went beyond them</h2>
      <dl className={styles.facts}>
        <Bound name="Calls in the graph" now={count(edges.now)} most={count(edges.most)} />
        <Bound
          name="Hosts outside"
          now={count(externalHosts.now)}
          most={count(externalHosts.most)}
          more={externalHosts.other}
        />
        <div>
          <dt>Routes of a service</dt>
          <dd>
            at most {count(routes.mostPerNode)}
            {routes.other > 0 && `; ${count(routes.other)} in “other”`}
          </dd>
        </div>
        <div>
          <dt>History on disk</dt>
          <dd>
            <Figure of={bytes(historyBytes.now)} /> of <Figure of={bytes(historyBytes.most)} />
          </dd>
        </div>
        {history.map((tier) => (
          <div key={tier.step}>
            <dt>in steps of {ago(tier.step)}</dt>
            <dd>
              kept for {ago(tier.keepMillis)}
              {tier.from !== null && tier.bytes > 0 && (
                <>
                  , <Figure of={bytes(tier.bytes)} />
                </>
              )}
            </dd>
          </div>
        ))}
        <div>
          <dt>Dropped</dt>
          <dd>
            {lost.length === 0
              ? 'nothing since the service began'
              : lost.map(([reason, n]) => `${count(n)} ${reason.replaceAll('_', ' ')}`).join(', ')}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Bound({ name, now, most, more = 0 }: { name: string; now: string; most: string; more?: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {now} of {most}
        {more > 0 && `; ${count(more)} in “other”`}
      </dd>
    </div>
  );
}
