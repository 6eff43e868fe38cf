import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Component, lazy, Suspense, type ReactNode } from 'react';
import { asWindow, LiveProvider } from '../api/live';
import { FreshnessBanner } from '../components/Freshness';
import { Header } from '../components/Header';
import { Link, useLocation } from '../components/navigation';
import { State } from '../components/State';
import styles from '../components/shell.module.css';
import { Topology } from '../features/topology/Topology';
import { Rail } from './Rail';

const Services = lazy(async () => ({ default: (await import('../features/services/Services')).Services }));
const ServicePage = lazy(async () => ({
  default: (await import('../features/service/ServicePage')).ServicePage,
}));
const MeshPage = lazy(async () => ({ default: (await import('../features/mesh/MeshPage')).MeshPage }));
const LivePage = lazy(async () => ({ default: (await import('../features/live/LivePage')).LivePage }));
const TraceSearch = lazy(async () => ({
  default: (await import('../features/traces/TraceSearch')).TraceSearch,
}));
const ComparePage = lazy(async () => ({
  default: (await import('../features/compare/ComparePage')).ComparePage,
}));
const TracePage = lazy(async () => ({ default: (await import('../features/trace/TracePage')).TracePage }));

const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 5_000, refetchOnWindowFocus: false } },
});

export function App() {
  const { path, params } = useLocation();
  return (
    <QueryClientProvider client={queries}>
      <LiveProvider window={asWindow(params.get('window'))}>
        <div className={styles.shell}>
          <Rail path={path} />
          <main className={styles.main}>
            <Guard key={path}>
              <Suspense fallback={<Header title=" " tab="Loading" timed={false} />}>{page(path)}</Suspense>
            </Guard>
          </main>
        </div>
      </LiveProvider>
    </QueryClientProvider>
  );
}

function page(path: string): ReactNode {
  if (path === '/' || path === '/index.html') return <Topology />;
  if (path === '/services') return <Services />;
  const service = /^\/services\/([^/]+\/[^/]+)$/.exec(path)?.[1];
  if (service) return <ServicePage key={service} id={decodeURIComponent(service)} />;
  if (path === '/live') return <LivePage />;
  if (path === '/mesh') return <MeshPage />;
  if (path === '/traces') return <TraceSearch />;
  if (path === '/traces/compare') return <ComparePage />;
  const trace = /^\/traces\/([0-9a-fA-F]{1,32})$/.exec(path)?.[1];
  if (trace) return <TracePage id={trace} />;
  return (
    <>
      <Header title="Not found" tab="Not found" timed={false} />
      <FreshnessBanner />
      <State title="There is no such page">
        <p>
          Nothing lives at <span className="mono">{path}</span>. Go to the <Link to="/">topology</Link> or to
          the <Link to="/traces">traces</Link>.
        </p>
      </State>
    </>
  );
}

/** One broken page must not take the way out of it along. */
class Guard extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state = { error: undefined as Error | undefined };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <>
        <Header title="Something broke" tab="Error" timed={false} />
        <State title="This page stopped working" tone="failing">
          <p className="mono">{error.message}</p>
          <p>
            Reloading may help; the <Link to="/">topology</Link> and the <Link to="/traces">traces</Link> are
            not affected.
          </p>
        </State>
      </>
    );
  }
}
