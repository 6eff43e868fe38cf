import type { Graph } from '../api/graph';
import type { Selection } from './walk';

/** What stands out while the rest steps back; undefined where nothing is dimmed. */
export interface Emphasis {
  nodes: ReadonlySet<string> | undefined;
  edges: ReadonlySet<string> | undefined;
}

export const noEmphasis: Emphasis = { nodes: undefined, edges: undefined };

/** A selection brings its neighbours along; a search the matching nodes and the calls among them. */
export function emphasisOf(graph: Graph, selection: Selection | undefined, query: string): Emphasis {
  if (selection) return neighbourhood(graph, selection);
  if (query.trim() === '') return noEmphasis;
  const nodes = new Set(graph.nodes.filter((node) => matches(node.id, query)).map((node) => node.id));
  const edges = graph.edges
    .filter((edge) => nodes.has(edge.source) && nodes.has(edge.target))
    .map((edge) => edge.id);
  return { nodes, edges: new Set(edges) };
}

/** Every word of the query stands somewhere in the text, in any case. */
export function matches(text: string, query: string): boolean {
  const haystack = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

function neighbourhood(graph: Graph, selection: Selection): Emphasis {
  const edges = graph.edges.filter((edge) =>
    selection.kind === 'edge'
      ? edge.id === selection.id
      : edge.source === selection.id || edge.target === selection.id,
  );
  const present =
    selection.kind === 'edge' ? edges.length > 0 : graph.nodes.some((node) => node.id === selection.id);
  if (!present) return noEmphasis;
  const nodes = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  if (selection.kind === 'node') nodes.add(selection.id);
  return { nodes, edges: new Set(edges.map((edge) => edge.id)) };
}
