import type { ShownDiff } from '../../api/shownDiff';
import { factor } from '../../model/diff';
import { latency, rate, share, text, type Figure } from '../../model/format';
import { nodeRates } from '../../model/history';
import { PairTable, type Pair } from './PairTable';
import panel from './panel.module.css';

/** What a node received, or sent where it receives nothing, before and after. */
export function NodeFigures({ shown, id }: { shown: ShownDiff; id: string }) {
  const [a, b] = [shown.before, shown.after].map((graph) => {
    const node = graph.nodes.find((candidate) => candidate.id === id);
    return node && { ...node, requestRate: nodeRates(graph).get(id) ?? null };
  });
  if (!a && !b) return null;
  const pair = (
    name: string,
    of: (node: NonNullable<typeof a>) => number | null,
    format: (value: number | null | undefined) => Figure,
  ): Pair => ({
    name,
    a: text(format(a && of(a))),
    b: text(format(b && of(b))),
    change: format === share ? '' : factor(a ? of(a) : null, b ? of(b) : null),
  });
  return (
    <section className={panel.section}>
      <PairTable
        head="In all"
        pairs={[
          pair('Rate', (node) => node.requestRate, rate),
          pair('Success', (node) => node.successShare, share),
          pair('p99', (node) => node.p99, latency),
          {
            name: 'Versions',
            a: a?.versions.join(', ') ?? '–',
            b: b?.versions.join(', ') ?? '–',
            change: '',
          },
        ]}
      />
    </section>
  );
}
