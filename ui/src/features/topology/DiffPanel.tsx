import { useState } from 'react';
import type { EdgeDiff } from '../../api/diff';
import type { MeshEvent } from '../../api/events';
import type { ShownDiff } from '../../api/shownDiff';
import { EventShape } from '../../components/EventMark';
import { Link } from '../../components/navigation';
import { useNow } from '../../components/useNow';
import { aroundEvent, type Comparison } from '../../model/comparison';
import { countDiff, countWords, differences } from '../../model/diff';
import { clock } from '../../model/format';
import { foldedNamespace, type MapGraph } from '../../model/lens';
import type { Selection } from '../../model/walk';
import { AllDifferences, CallName, Differences } from './Differences';
import { EdgeDiffPanel } from './EdgeDiffPanel';
import { NodeFigures } from './NodeFigures';
import { PanelFrame } from './PanelFrame';
import { comparisonUrl, go } from './useTopologyView';
import panel from './panel.module.css';
import styles from './diff.module.css';

interface Props {
  shown: ShownDiff;
  comparison: Comparison;
  /** As the map shows it, with namespaces folded. */
  drawn: MapGraph;
  selection: Selection | undefined;
}

/** What differs, as a list to be read; of one call, everything before and after. */
export function DiffPanel({ shown, comparison, drawn, selection }: Props) {
  const chosen = selection?.kind === 'edge' && shown.diff.edges.find(({ id }) => id === selection.id);
  if (chosen) return <EdgeDiffPanel key={chosen.id} shown={shown} edge={chosen} />;
  if (selection) return <Around shown={shown} drawn={drawn} selection={selection} />;
  return <Overview shown={shown} comparison={comparison} />;
}

function Overview({ shown, comparison }: { shown: ShownDiff; comparison: Comparison }) {
  const { diff } = shown;
  const count = countDiff(diff);
  const words = countWords(count);
  const nodes = diff.nodes.filter(
    (node) => !diff.edges.some((edge) => edge.source === node.id || edge.target === node.id),
  );
  return (
    <PanelFrame
      label="what differs"
      title={
        <>
          <h2>{words === '' ? 'Nothing differs' : 'What differs'}</h2>
          <p>{words === '' ? sameWords(diff.edges) : `${words} · ${count.same} the same`}</p>
        </>
      }
      closing="Leave the comparison (d)"
      onClose={() => go.compare(undefined)}
    >
      {diff.edges.length > 0 && <Between events={diff.events} comparison={comparison} />}
      <Differences edges={differences(diff.edges)} graph={shown.graph} />
      {nodes.length > 0 && (
        <section className={panel.section}>
          {nodes.map((node) => (
            <p key={node.id}>
              {node.id} {node.change}
            </p>
          ))}
        </section>
      )}
    </PanelFrame>
  );
}

const sameWords = (edges: readonly EdgeDiff[]): string =>
  edges.length === 0
    ? 'Nobody called anybody in either of them.'
    : `All ${edges.length} calls are as they were: nothing changed by more than chance explains.`;

const MOST_EVENTS = 6;

/** What was deployed, configured and certified from the one to the other; of each, before against after is a click away. */
function Between({ events, comparison }: { events: readonly MeshEvent[]; comparison: Comparison }) {
  const [all, setAll] = useState(false);
  const now = useNow();
  const shown = all ? events : events.slice(-MOST_EVENTS);
  return (
    <section className={panel.section} aria-label="What happened in between">
      <h3>What happened in between</h3>
      {events.length === 0 && <p className={panel.hint}>Nothing was deployed, configured or certified.</p>}
      <ol className={styles.events}>
        {shown.map((event) => {
          const words = (
            <>
              <EventShape kind={event.kind} />
              <time>{clock(event.t)}</time>
              <span>{event.text}</span>
            </>
          );
          return (
            <li key={`${event.t} ${event.text} ${event.instance ?? ''}`}>
              {comparison.kind === 'moments' ? (
                <Link
                  to={comparisonUrl(aroundEvent(event.t, comparison.span, now))}
                  title="Compare right before it with right after it"
                >
                  {words}
                </Link>
              ) : (
                <div>{words}</div>
              )}
            </li>
          );
        })}
      </ol>
      {shown.length < events.length && (
        <button type="button" className={styles.back} onClick={() => setAll(true)}>
          and {events.length - shown.length} earlier
        </button>
      )}
    </section>
  );
}

/** What differs around a node, or within what is drawn as one. */
function Around({
  shown,
  drawn,
  selection,
}: Omit<Props, 'comparison' | 'selection'> & { selection: Selection }) {
  const { id } = selection;
  const namespace = foldedNamespace(id);
  const drawnAs = drawn.edges.find((edge) => edge.id === id);
  const bundle = drawnAs?.parts;
  const concerned = shown.diff.edges.filter((edge) =>
    bundle
      ? bundle.some((part) => part.id === edge.id)
      : namespace !== undefined
        ? [edge.source, edge.target].some((end) => end.startsWith(`${namespace}/`))
        : edge.source === id || edge.target === id,
  );
  const differing = differences(concerned);
  const node = shown.graph.nodes.find((candidate) => candidate.id === id);
  const label = (end: string) => foldedNamespace(end) ?? end.split('/').at(-1) ?? end;
  return (
    <PanelFrame
      label={id}
      title={
        <>
          <h2>
            {drawnAs ? (
              <CallName source={label(drawnAs.source)} target={label(drawnAs.target)} />
            ) : (
              (node?.name ?? namespace ?? id)
            )}
          </h2>
          <p>
            {concerned.length === 0
              ? 'not in either of them'
              : `${differing.length} of its ${concerned.length} calls differ`}
            {node?.delta && node.delta.change !== 'same' && node.delta.change !== 'changed'
              ? ` · ${node.delta.change}`
              : ''}
          </p>
          <AllDifferences />
        </>
      }
    >
      {node && <NodeFigures shown={shown} id={id} />}
      <Differences edges={differing} graph={shown.graph} />
    </PanelFrame>
  );
}
