import type { Change, EdgeDiff, EdgeSide, GraphDiff } from '../api/diff';
import type { Graph, GraphEdge } from '../api/graph';
import { latency, rate, share, text, type Figure } from './format';
import type { MapEdge, MapGraph, MapNode } from './lens';
import { nodeRates } from './history';

/** What became of a node or a call from A to B, and the most telling of it in a few words. */
export interface Delta {
  change: Change;
  words: string;
}

/** One thing that differs, before and after; `by` says how much where that is a number. */
export interface Line {
  what: string;
  before: string;
  after: string;
  by: string;
}

const failing = (side: EdgeSide): number | null =>
  side.successShare === null ? null : 1 - side.successShare;
const tlsWords: Record<string, string> = { mtls: 'mutual', none: 'none', mixed: 'mixed' };
const versionWords = (side: EdgeSide): string => side.versions.filter(Boolean).join(', ') || 'not said';

/** The order in which a person on call wants to hear of it. */
const telling = ['errors', 'protocol', 'tls', 'identity', 'p99', 'rate', 'versions', 'p50'];

/** What differs by more than chance explains, the most telling first; of what came or left, what it is or was. */
export function linesOf(edge: EdgeDiff): Line[] {
  const { a, b } = edge;
  if (!a || !b) return [];
  return edge.differs.toSorted((x, y) => place(x) - place(y)).flatMap((what) => lineOf(what, a, b));
}

const place = (what: string) => {
  const i = telling.indexOf(what);
  return i < 0 ? telling.length : i;
};

function lineOf(what: string, a: EdgeSide, b: EdgeSide): Line[] {
  const figures = (
    of: (side: EdgeSide) => number | null,
    format: (x: number | null) => Figure,
    name = what,
  ) => [{ what: name, before: text(format(of(a))), after: text(format(of(b))), by: factor(of(a), of(b)) }];
  switch (what) {
    case 'rate':
      return figures((side) => side.requestRate, rate);
    case 'errors':
      return figures(failing, share);
    case 'p50':
    case 'p99':
      return figures((side) => side[what], latency);
    case 'tls':
      return [{ what: 'TLS', before: tlsOf(a), after: tlsOf(b), by: '' }];
    case 'versions':
      return [{ what, before: versionWords(a), after: versionWords(b), by: '' }];
    case 'identity':
      return (['sourceIdentity', 'targetIdentity'] as const)
        .filter((end) => a[end] !== b[end])
        .map((end) => ({
          what: end === 'sourceIdentity' ? 'caller’s identity' : 'callee’s identity',
          before: a[end] ?? 'none proven',
          after: b[end] ?? 'none proven',
          by: '',
        }));
    default:
      return [{ what, before: '', after: '', by: '' }];
  }
}

export const tlsOf = (side: EdgeSide): string => (side.tls === null ? '–' : (tlsWords[side.tls] ?? side.tls));

/** How many times as much, or how much less, with an arrow; nothing where one of them is nothing. */
export function factor(before: number | null, after: number | null): string {
  if (before === null || after === null || before <= 0 || after <= 0 || before === after) return '';
  const times = after / before;
  if (times >= 1.995) return `↑ ×${times >= 9.95 ? times.toFixed(0) : times.toFixed(1)}`;
  const percent = Math.abs(times - 1) * 100;
  if (percent < 0.5) return '';
  return `${times > 1 ? '↑' : '↓'} ${percent.toFixed(0)} %`;
}

/** The head of it on the map. */
export function deltaOf(edge: EdgeDiff): Delta {
  const { change, a, b } = edge;
  if (change === 'came') return { change, words: `came · ${text(rate(b?.requestRate))}` };
  if (change === 'left') return { change, words: `left · was ${text(rate(a?.requestRate))}` };
  const lines = linesOf(edge);
  const [first] = lines;
  if (!first) return { change, words: change === 'same' ? 'the same' : 'changed' };
  const head =
    first.before === ''
      ? first.what
      : `${first.what === 'rate' ? '' : `${first.what} `}${first.before} → ${first.after}`;
  return { change, words: lines.length > 1 ? `${head} +${lines.length - 1}` : head };
}

/** How much it matters: more failures, then what is gone, what is new, what else is worse, and the rest by traffic. */
function rank({ change, differs, a, b }: EdgeDiff): number {
  if (change === 'same') return 9;
  const worse = (of: (side: EdgeSide) => number | null) => a && b && (of(b) ?? 0) > (of(a) ?? 0);
  if (differs.includes('errors') && worse(failing)) return 0;
  if (change === 'left') return 1;
  if (change === 'came') return 2;
  if (differs.includes('tls') || differs.includes('identity')) return 3;
  if (differs.includes('p99') && worse((side) => side.p99)) return 4;
  return differs.includes('errors') || differs.includes('rate') ? 5 : 6;
}

const traffic = ({ a, b }: EdgeDiff): number => Math.max(a?.requestRate ?? 0, b?.requestRate ?? 0);

/** What differs, what matters most first. */
export const differences = (edges: readonly EdgeDiff[]): EdgeDiff[] =>
  edges.filter((edge) => edge.change !== 'same').toSorted(byWeight);

export const byWeight = (x: EdgeDiff, y: EdgeDiff): number =>
  rank(x) - rank(y) || traffic(y) - traffic(x) || (x.id < y.id ? -1 : 1);

export interface Count {
  came: number;
  left: number;
  changed: number;
  same: number;
  nodesCame: number;
  nodesLeft: number;
}

export function countDiff({ edges, nodes }: GraphDiff): Count {
  const of = (change: Change) => edges.filter((edge) => edge.change === change).length;
  return {
    came: of('came'),
    left: of('left'),
    changed: of('changed'),
    same: of('same'),
    nodesCame: nodes.filter((node) => node.change === 'came').length,
    nodesLeft: nodes.filter((node) => node.change === 'left').length,
  };
}

/** `3 calls changed, 1 came`; empty where nothing differs. */
export function countWords({ came, left, changed }: Count): string {
  const parts = [
    changed > 0 && `${changed} ${changed === 1 ? 'call' : 'calls'} changed`,
    came > 0 && `${came} came`,
    left > 0 && `${left} left`,
  ].filter((part) => typeof part === 'string');
  return parts.join(' · ');
}

/**
 * Both sides in one graph: figures are those of B, or of A for what left. Nodes carry what the graphs of the two times
 * know of them. Where nothing differs nothing is marked, else everything would step back.
 */
export function diffGraph(diff: GraphDiff, before: Graph, after: Graph): MapGraph {
  const marked = diff.edges.some((edge) => edge.change !== 'same') || diff.nodes.length > 0;
  const known = new Map([...before.edges, ...after.edges].map((edge) => [edge.id, edge]));
  const edges = diff.edges.flatMap((edge) => {
    const drawn = drawnEdge(edge, known.get(edge.id));
    return drawn ? [marked ? { ...drawn, delta: deltaOf(edge) } : drawn] : [];
  });
  const ends = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  const touched = new Set(
    diff.edges.flatMap((edge) => (edge.change === 'same' ? [] : [edge.source, edge.target])),
  );
  const changes = new Map(diff.nodes.map((node) => [node.id, node.change]));
  const was = nodeRates(before);
  const nodes = new Map<string, MapNode>();
  for (const node of [...before.nodes, ...after.nodes]) {
    if (!ends.has(node.id)) continue;
    const change = changes.get(node.id) ?? (touched.has(node.id) ? 'changed' : 'same');
    const words =
      change === 'changed' ? `was ${text(rate(was.get(node.id)))}` : change === 'same' ? '' : change;
    nodes.set(node.id, marked ? { ...node, delta: { change, words } } : node);
  }
  return { ...after, nodes: [...nodes.values()], edges };
}

function drawnEdge({ a, b, ...edge }: EdgeDiff, known: GraphEdge | undefined): MapEdge | undefined {
  const side = b ?? a;
  if (!side) return undefined;
  return {
    id: edge.id,
    source: edge.source,
    target: edge.target,
    protocol: edge.protocol,
    ...side,
    received: null,
    versions: known?.versions ?? [],
    routes: known?.routes ?? [],
    lastSeen: 0,
    stale: false,
  };
}

/** Of several that are drawn as one. */
export function sumDeltas(parts: readonly (Delta | undefined)[]): Delta | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  const differ = known.filter((part) => part.change !== 'same');
  const [first] = differ;
  if (!first) return { change: 'same', words: 'the same' };
  const alike = differ.length === known.length && differ.every((part) => part.change === first.change);
  return {
    change: alike ? first.change : 'changed',
    words: known.length === 1 ? first.words : `${differ.length} of ${known.length} differ`,
  };
}
