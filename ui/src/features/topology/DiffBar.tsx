import type { ReactNode } from 'react';
import { useLive } from '../../api/live';
import type { ShownDiff } from '../../api/shownDiff';
import { Select } from '../../components/Controls';
import { Icon } from '../../components/Icon';
import { useNow } from '../../components/useNow';
import {
  momentOf,
  rangesOf,
  spans,
  type Comparison,
  type Moments,
  type Versions,
} from '../../model/comparison';
import { ago, clock, day } from '../../model/format';
import type { Range } from '../../model/timeRange';
import { go } from './useTopologyView';
import styles from './diff.module.css';

/** What is compared with what, in words and figures, and how to change it. */
export function DiffBar({ comparison, shown }: { comparison: Comparison; shown: ShownDiff | undefined }) {
  return (
    <div className={styles.bar} data-testid="compared" role="group" aria-label="What is compared">
      {comparison.kind === 'moments' ? (
        <OfMoments comparison={comparison} shown={shown} />
      ) : (
        <OfVersions comparison={comparison} />
      )}
      <button
        type="button"
        className={styles.leave}
        title="Leave the comparison (d)"
        onClick={() => go.compare(undefined)}
      >
        Leave <Icon name="close" size={12} />
      </button>
    </div>
  );
}

const before = [
  { value: '-5m', label: '5 min before B' },
  { value: '-15m', label: '15 min before B' },
  { value: '-1h', label: '1 h before B' },
  { value: '-6h', label: '6 h before B' },
  { value: '-24h', label: '1 day before B' },
  { value: '-7d', label: '7 days before B' },
] as const;
const CHOSEN = { value: '', label: 'where you put it' };

function OfMoments({ comparison, shown }: { comparison: Moments; shown: ShownDiff | undefined }) {
  const now = useNow();
  const ranges = rangesOf(comparison, now);
  const apart = ranges && ranges.b.to - ranges.a.to;
  const preset = before.find(
    ({ value }) => Math.abs((apart ?? 0) - (now - (momentOf(value, now) ?? 0))) < 5_000,
  );
  const choose = (value: string) => {
    if (!ranges || value === '') return;
    const a = comparison.b === 'now' ? value : String(momentOf(value, ranges.b.to) ?? comparison.a);
    go.compare({ ...comparison, a });
  };
  // The server takes whole windows; what it took is what is shown.
  const took = (side: 'a' | 'b') => shown?.diff[side] ?? ranges?.[side];
  return (
    <>
      <Side letter="A" of={took('a')} now={now} />
      <Icon name="arrow" size={14} label="against" />
      <Side letter="B" of={took('b')} now={now}>
        {comparison.b === 'now' ? (
          <span className={styles.note}>now</span>
        ) : (
          <button type="button" onClick={() => go.compare({ ...comparison, b: 'now' })}>
            to now
          </button>
        )}
      </Side>
      <span className={styles.choices}>
        <Select
          label="A is"
          compact
          value={preset?.value ?? ''}
          options={preset ? before : [CHOSEN, ...before]}
          onChange={choose}
        />
        <Select
          label="each over"
          compact
          value={comparison.span}
          options={spans}
          onChange={(value) =>
            go.compare({ ...comparison, span: spans.find((span) => span.value === value)?.value ?? '5m' })
          }
        />
      </span>
    </>
  );
}

function Side({
  letter,
  of,
  now,
  children,
}: {
  letter: string;
  of: Range | undefined;
  now: number;
  children?: ReactNode;
}) {
  const today = of && day(of.from) === day(now);
  return (
    <span className={styles.side}>
      <b>{letter}</b>
      {of ? (
        <>
          {!today && `${day(of.from)} `}
          {clock(of.from)} – {clock(of.to)}
          {letter === 'A' && <span className={styles.note}>{ago(now - of.to)} ago</span>}
        </>
      ) : (
        'no such moment'
      )}
      {children}
    </span>
  );
}

function OfVersions({ comparison }: { comparison: Versions }) {
  const { graph } = useLive();
  const { node, a, b } = comparison;
  const known = graph?.nodes.find(({ id }) => id === node)?.versions ?? [];
  const options = [...new Set([...known, a, b])]
    .filter(Boolean)
    .toSorted()
    .map((version) => ({ value: version, label: version }));
  return (
    <>
      <span className={styles.side}>{node}</span>
      <span className={styles.choices}>
        <Select
          label="A"
          value={a}
          options={options}
          onChange={(value) => go.compare({ ...comparison, a: value })}
        />
        <Icon name="arrow" size={14} label="against" />
        <Select
          label="B"
          value={b}
          options={options}
          onChange={(value) => go.compare({ ...comparison, b: value })}
        />
      </span>
      <span className={styles.note}>by the calls of its callers, in the page’s time</span>
    </>
  );
}
