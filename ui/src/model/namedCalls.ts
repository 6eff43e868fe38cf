import { matches } from './emphasis';

interface Call {
  source: string;
  target: string;
}

export type Named<C extends Call> = C & { from: string; to: string };

/** Calls with the names of both ends, those that match what is searched for. */
export function namedCalls<C extends Call>(
  calls: readonly C[],
  nodes: readonly { id: string; name: string }[],
  query: string,
): Named<C>[] {
  const names = new Map(nodes.map((node) => [node.id, node.name]));
  return calls
    .filter((call) => query.trim() === '' || matches(`${call.source} ${call.target}`, query))
    .map((call) => ({
      ...call,
      from: names.get(call.source) ?? call.source,
      to: names.get(call.target) ?? call.target,
    }));
}
