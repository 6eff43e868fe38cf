import { useMemo, useRef } from 'react';
import { windows, type Graph } from '../../api/graph';
import { useFreshness, useLive } from '../../api/live';
import { useShownGraph, type Shown } from '../../api/shownGraph';
import { SearchBox, Segmented, Select } from '../../components/Controls';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { GraphView, type GraphHandle } from '../../graph/GraphView';
import { useLayout } from '../../graph/useLayout';
import { RateHistory } from '../../model/history';
import { matches } from '../../model/emphasis';
import { foldedNamespace, look, type Seen } from '../../model/lens';
import { LensBar } from './LensBar';
import { Panel } from './Panel';
import {
  AllHealthy,
  FirstRun,
  MapSkeleton,
  NoMatch,
  NotRemembered,
  NothingThen,
  Unreachable,
} from './states';
import { Summary } from './Summary';
import { TopologyTable } from './TopologyTable';
import { useKeys } from './useKeys';
import { useMedia } from '../../components/useMedia';
import { useTimeSpan } from '../../components/useTimeSpan';
import { Player } from './Player';
import { go, useTopologyView, type TopologyView } from './useTopologyView';
import styles from './topology.module.css';

/** In the past there is no last two minutes. */
const noHistory = new RateHistory();

/** Home: who calls whom, right now. */
export function Topology() {
  const view = useTopologyView();
  const { range } = useTimeSpan();
  const shown = useShownGraph(range);
  const { graph } = shown;
  const search = useRef<HTMLInputElement>(null);
  const map = useRef<GraphHandle>(null);
  const found = useMemo(() => (graph ? findNodes(graph, view.query) : []), [graph, view.query]);
  const seen = useSeen(graph, view);
  useKeys(view, seen, search, map);

  return (
    <>
      <Header
        title="Topology"
        tab="Topology"
        summary={graph && graph.nodes.length > 0 && <Summary graph={graph} />}
      >
        {/* With nothing to find, to choose or to measure there is no tool either. */}
        {graph?.nodes.length !== 0 && (
          <>
            <SearchBox
              ref={search}
              label="Find a workload"
              value={view.query}
              onChange={go.query}
              onEnter={() => {
                const first = found[0];
                if (first) go.select({ kind: 'node', id: first });
              }}
              onEscape={() => go.query('')}
            />
            <Segmented
              label="View"
              value={view.mode}
              onChange={go.mode}
              options={[
                { value: 'map', label: 'Map', icon: 'map', hint: 'Map (t)' },
                { value: 'table', label: 'Table', icon: 'table', hint: 'Table (t)' },
              ]}
            />
            <Player />
            {!range && (
              <Select
                label="over"
                compact
                value={view.window}
                options={windows.map((window) => ({ value: window, label: window.replace(/(\d+)/, '$1 ') }))}
                onChange={(value) => go.window(windows.find((window) => window === value) ?? '30s')}
              />
            )}
          </>
        )}
      </Header>
      <FreshnessBanner />
      <div className={styles.page}>
        <Body view={view} shown={shown} seen={seen} map={map} found={found} />
        {graph && seen && view.selection && (
          <Panel
            graph={graph}
            drawn={seen.graph}
            selection={view.selection}
            onUnfold={(namespace) => unfold(seen, namespace)}
          />
        )}
      </div>
    </>
  );
}

function useSeen(graph: Graph | undefined, view: TopologyView): Seen | undefined {
  const { mode, fold, hideHealthy, focus, depth, selection } = view;
  const chosen = selection?.id;
  return useMemo(
    () => graph && look(graph, { fold: mode === 'table' ? 'none' : fold, hideHealthy, focus, depth, chosen }),
    [graph, mode, fold, hideHealthy, focus, depth, chosen],
  );
}

const findNodes = (graph: Graph, query: string) =>
  query.trim() === ''
    ? []
    : graph.nodes
        .filter((node) => matches(node.id, query))
        .toSorted((a, b) => (b.requestRate ?? 0) - (a.requestRate ?? 0))
        .map((node) => node.id);

interface BodyProps {
  view: TopologyView;
  shown: Shown;
  seen: Seen | undefined;
  map: React.RefObject<GraphHandle | null>;
  found: string[];
}

function Body({ view, shown: { graph, past, error: failure }, seen, map, found }: BodyProps) {
  const { history, retryNow } = useLive();
  const freshness = useFreshness();
  const narrow = useMedia('(max-width: 720px)');
  const { layout, error } = useLayout(seen?.graph, narrow ? 'down' : 'right');

  if (failure) return <NotRemembered message={failure.message} />;
  if (past && graph?.nodes.length === 0) return <NothingThen range={past.range} />;
  if (!graph || !seen)
    return freshness.state === 'lost' ? <Unreachable onRetry={retryNow} /> : <MapSkeleton />;
  if (graph.nodes.length === 0) return <FirstRun />;
  if (view.mode === 'table') return <TopologyTable graph={seen.graph} view={view} />;
  if (seen.graph.nodes.length === 0)
    return (
      <>
        <LensBar seen={seen} view={view} graph={graph} />
        <AllHealthy view={view} />
      </>
    );
  if (error && !layout) throw new Error(`The map cannot be laid out: ${error}`);
  if (!layout) return <MapSkeleton />;
  const panel = view.selection !== undefined;
  const was = !past && (freshness.state === 'stale' || freshness.state === 'lost');
  const moving = !past && (freshness.state === 'live' || freshness.state === 'late');
  return (
    <div
      className={styles.map}
      data-past={was ? true : undefined}
      data-loading={past?.loading === true ? true : undefined}
    >
      <GraphView
        ref={map}
        graph={seen.graph}
        layout={layout}
        history={past ? noHistory : history}
        selection={view.selection}
        query={view.query}
        covered={{ right: panel && !narrow ? 400 : 0, bottom: panel && narrow ? 380 : 0 }}
        moving={moving}
        onSelect={go.select}
        onOpen={(id) => {
          const namespace = foldedNamespace(id);
          if (namespace === undefined) go.focus(id);
          else unfold(seen, namespace);
        }}
        onFold={(namespace) => go.fold(new Set([...seen.folded, namespace]))}
      />
      <LensBar seen={seen} view={view} graph={graph} />
      {view.query.trim() !== '' && found.length === 0 && !view.selection && <NoMatch query={view.query} />}
    </div>
  );
}

function unfold(seen: Seen, namespace: string): void {
  go.fold(new Set([...seen.folded].filter((other) => other !== namespace)));
}
