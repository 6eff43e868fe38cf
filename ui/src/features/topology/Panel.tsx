import type { Graph } from '../../api/graph';
import { Icon, kindIcon } from '../../components/Icon';
import { foldedNamespace, type MapGraph } from '../../model/lens';
import type { Selection } from '../../model/walk';
import { EdgePanel } from './EdgePanel';
import { BundlePanel, NamespacePanel } from './FoldedPanels';
import { NodePanel } from './NodePanel';
import { PanelFrame, protocolWords } from './PanelFrame';
import { go } from './useTopologyView';
import styles from './panel.module.css';

interface Props {
  graph: Graph;
  /** As the map shows it, with namespaces folded. */
  drawn: MapGraph;
  selection: Selection;
  onUnfold: (namespace: string) => void;
}

/** What is known about the chosen node or edge, beside the map. */
export function Panel({ graph, drawn, selection, onUnfold }: Props) {
  const folded = foldedNamespace(selection.id);
  if (selection.kind === 'node' && folded !== undefined)
    return <NamespacePanel graph={graph} namespace={folded} onUnfold={onUnfold} />;
  const bundle = drawn.edges.find((edge) => edge.id === selection.id && edge.parts !== undefined);
  if (bundle) return <BundlePanel drawn={drawn} graph={graph} edge={bundle} />;
  return <OfOne graph={graph} selection={selection} />;
}

function OfOne({ graph, selection }: { graph: Graph; selection: Selection }) {
  const node = selection.kind === 'node' ? graph.nodes.find(({ id }) => id === selection.id) : undefined;
  const edge = selection.kind === 'edge' ? graph.edges.find(({ id }) => id === selection.id) : undefined;
  const name = (id: string) => graph.nodes.find((candidate) => candidate.id === id)?.name ?? id;
  return (
    <PanelFrame label={selection.id} title={<Title node={node} edge={edge} id={selection.id} name={name} />}>
      {node && <NodePanel key={node.id} graph={graph} node={node} />}
      {edge && <EdgePanel key={edge.id} graph={graph} edge={edge} />}
      {!node && !edge && (
        <p className={styles.gone}>
          Not in the graph now. A call that nobody makes for ten minutes leaves the map, and so does a
          workload that nobody calls.
        </p>
      )}
    </PanelFrame>
  );
}

interface TitleProps {
  node: Graph['nodes'][number] | undefined;
  edge: Graph['edges'][number] | undefined;
  id: string;
  name: (id: string) => string;
}

function Title({ node, edge, id, name }: TitleProps) {
  if (node)
    return (
      <>
        <h2>
          <Icon name={kindIcon(node.kind)} size={18} />
          {node.name}
        </h2>
        <p>
          {node.kind === 'client'
            ? 'callers outside the mesh'
            : `${node.kind} in ${node.namespace ?? 'no namespace'}`}
          {' · '}
          <button
            type="button"
            className={styles.inline}
            title="Draw only what is around it (o)"
            onClick={() => go.focus(node.id)}
          >
            Focus
          </button>
        </p>
      </>
    );
  if (edge)
    return (
      <>
        <h2>
          {name(edge.source)}
          <Icon name="arrow" label="calls" />
          {name(edge.target)}
        </h2>
        <p>
          {protocolWords(edge.protocol)}
          {edge.stale && ' · silent for more than 30 s'}
        </p>
      </>
    );
  return <h2>{id}</h2>;
}
