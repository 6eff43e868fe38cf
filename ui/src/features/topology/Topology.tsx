import { useMemo, useRef } from 'react';
import { windows, type Graph } from '../../api/graph';
import { useFreshness, useLive } from '../../api/live';
import { useShownDiff, type Compared } from '../../api/shownDiff';
import { useShownGraph, type Shown } from '../../api/shownGraph';
import { SearchBox, Segmented, Select, Toggle } from '../../components/Controls';
import { FreshnessBanner } from '../../components/Freshness';
import { Header } from '../../components/Header';
import { GraphView, type GraphHandle } from '../../graph/GraphView';
import { useLayout } from '../../graph/useLayout';
import { firstComparison, type Comparison } from '../../model/comparison';
import { differences } from '../../model/diff';
import { matches } from '../../model/emphasis';
import { RateHistory } from '../../model/history';
import { foldedNamespace, look, type MapGraph, type Seen } from '../../model/lens';
import type { TimeSpan } from '../../model/timeRange';
import { DiffBar } from './DiffBar';
import { DiffPanel } from './DiffPanel';
import { DiffTable } from './DiffTable';
import { DiffTimeline } from './DiffTimeline';
import { LensBar } from './LensBar';
import { Panel } from './Panel';
import {
  AllHealthy,
  FirstRun,
  MapSkeleton,
  NoMatch,
  NotComparable,
  NotRemembered,
  NothingThen,
  NothingToCompare,
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

/** Home: who calls whom, right now; or then; or what differs between two times. */
export function Topology() {
  const view = useTopologyView();
  const { comparison } = view;
  const span = useTimeSpan();
  const shown = useShownGraph(comparison ? undefined : span.range);
  const compared = useShownDiff(comparison, span);
  const graph: MapGraph | undefined = comparison ? compared.shown?.graph : shown.graph;
  const search = useRef<HTMLInputElement>(null);
  const map = useRef<GraphHandle>(null);
  const found = useMemo(() => (graph ? findNodes(graph, view.query) : []), [graph, view.query]);
  const seen = useSeen(graph, view);
  const diff = compared.shown?.diff;
  const differing = useMemo(() => differences(diff?.edges ?? []).map(({ id }) => id), [diff]);
  useKeys(view, seen, search, map, differing, span);

  return (
    <>
      <Header
        title="Topology"
        tab={comparison ? 'What differs' : 'Topology'}
        summary={graph && graph.nodes.length > 0 && !comparison && <Summary graph={graph} />}
        timeline={comparison?.kind === 'moments' ? <DiffTimeline comparison={comparison} /> : undefined}
      >
        {/* With nothing to find, to choose or to measure there is no tool either. */}
        {(graph?.nodes.length !== 0 || comparison) && (
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
            {!comparison && <Player />}
            <CompareButton comparison={comparison} span={span} />
            {!span.range && !comparison && (
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
      {comparison && <DiffBar comparison={comparison} shown={compared.shown} />}
      <div className={styles.page}>
        <Body view={view} shown={shown} compared={compared} seen={seen} map={map} found={found} />
        {comparison && compared.shown && seen && (
          <DiffPanel
            shown={compared.shown}
            comparison={comparison}
            drawn={seen.graph}
            selection={view.selection}
          />
        )}
        {!comparison && graph && seen && view.selection && (
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

function CompareButton({ comparison, span }: { comparison: Comparison | undefined; span: TimeSpan }) {
  return (
    <Toggle
      icon="diff"
      label="Compare"
      name="Compare two times"
      hint="Compare two times (d)"
      pressed={comparison !== undefined}
      onClick={() => go.compare(comparison ? undefined : firstComparison(span.lookback, span.range))}
    />
  );
}

function useSeen(graph: MapGraph | undefined, view: TopologyView): Seen | undefined {
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
  compared: Compared;
  seen: Seen | undefined;
  map: React.RefObject<GraphHandle | null>;
  found: string[];
}

function Body({ view, shown, compared, seen, map, found }: BodyProps) {
  const { history, retryNow } = useLive();
  const freshness = useFreshness();
  const narrow = useMedia('(max-width: 720px)');
  const { layout, outdated, error } = useLayout(seen?.graph, narrow ? 'down' : 'right');
  const { comparison } = view;
  const failure = comparison ? compared.error : shown.error;
  const past = comparison ? undefined : shown.past;
  const graph: MapGraph | undefined = comparison ? compared.shown?.graph : shown.graph;

  if (failure && comparison) return <NotComparable message={failure.message} comparison={comparison} />;
  if (failure) return <NotRemembered message={failure.message} />;
  if (past && graph?.nodes.length === 0) return <NothingThen range={past.range} />;
  if (!graph || !seen)
    return freshness.state === 'lost' ? <Unreachable onRetry={retryNow} /> : <MapSkeleton />;
  if (comparison && graph.nodes.length === 0) return <NothingToCompare />;
  if (graph.nodes.length === 0) return <FirstRun />;
  if (view.mode === 'table')
    return compared.shown && comparison ? (
      <DiffTable shown={compared.shown} view={view} />
    ) : (
      <TopologyTable graph={seen.graph} view={view} />
    );
  if (seen.graph.nodes.length === 0)
    return (
      <>
        <LensBar seen={seen} view={view} graph={graph} />
        <AllHealthy view={view} />
      </>
    );
  if (error && !layout) throw new Error(`The map cannot be laid out: ${error}`);
  if (!layout) return <MapSkeleton />;
  const panel = view.selection !== undefined || comparison !== undefined;
  const live = !past && !comparison;
  const was = live && (freshness.state === 'stale' || freshness.state === 'lost');
  const moving = live && (freshness.state === 'live' || freshness.state === 'late');
  return (
    <div
      className={styles.map}
      data-past={was ? true : undefined}
      data-loading={(comparison ? compared.loading : past?.loading) ? true : undefined}
    >
      <GraphView
        ref={map}
        graph={seen.graph}
        layout={layout}
        outdated={outdated}
        history={live ? history : noHistory}
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
