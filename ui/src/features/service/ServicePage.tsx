import { ApiError } from '../../api/http';
import { fetchService, type ServiceDetail } from '../../api/services';
import { useLiveQuery } from '../../api/useLiveQuery';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { Icon } from '../../components/Icon';
import { Link, url } from '../../components/navigation';
import { Bone, State } from '../../components/State';
import { useTimeSpan } from '../../components/useTimeSpan';
import { apiTime, spanParams, type TimeSpan } from '../../model/timeRange';
import { Charts } from './Charts';
import { Balanced } from './Balanced';
import { Breakdown } from './Breakdown';
import { Sidecars } from './Sidecars';
import { Verdict } from './Verdict';
import styles from './service.module.css';

const EVERY_MS = 2_000;

/** One service: is it well, since when, who is affected, what was changed, and single exchanges to look into. */
export function ServicePage({ id }: { id: string }) {
  const span = useTimeSpan();
  const time = apiTime(span);
  const { data, error } = useLiveQuery({
    key: ['service', id, time],
    fetch: (signal) => fetchService(id, time, signal),
    everyMs: span.range ? undefined : EVERY_MS,
  });
  const [namespace = '', name = id] = id.split('/');
  const where = spanParams(span);
  return (
    <>
      <Header
        title={
          <span className={styles.title}>
            <Link to={url('/services', where)}>Services</Link>
            <Icon name="chevron" size={14} />
            {name}
          </span>
        }
        tab={name}
        summary={`in ${namespace}`}
      >
        <nav className={styles.elsewhere} aria-label="Elsewhere">
          <Link to={url('/', { node: id, focus: id, from: where.from, to: where.to })}>Topology</Link>
          <Link to={url('/traces', { service: name, ...where })}>Traces</Link>
          <Link to={url('/traces', { service: name, tags: 'error=true', ...where })}>Failed</Link>
        </nav>
      </Header>
      <FreshnessBanner />
      {data ? (
        <Found detail={data} span={span} />
      ) : error instanceof ApiError && error.status === 404 ? (
        <State title={`There is no service ${id}`}>
          <p>
            Nothing was heard of it in this time. Look further back, or choose one of the{' '}
            <Link to="/services">services</Link>.
          </p>
        </State>
      ) : error ? (
        <State title="The service cannot be shown" tone="failing">
          <p>{error.message}.</p>
        </State>
      ) : (
        <Loading />
      )}
    </>
  );
}

function Found({ detail, span }: { detail: ServiceDetail; span: TimeSpan }) {
  return (
    <div className={styles.page} data-testid="service">
      <Verdict detail={detail} span={span} />
      <Charts detail={detail} span={span} />
      <Breakdown detail={detail} span={span} />
      {!span.range && <Balanced balanced={detail.balanced} />}
      <Sidecars detail={detail} />
    </div>
  );
}

const Loading = () => (
  <div className={styles.loading} role="status" aria-label="Loading the service">
    <Bone width="60%" height={44} />
    <div>
      <Bone width="100%" height={140} />
      <Bone width="100%" height={140} />
      <Bone width="100%" height={140} />
    </div>
    <Bone width="100%" height={180} />
  </div>
);
