import { spark, type Sample } from '../model/history';

const WIDTH = 92;
const HEIGHT = 18;

/** A line of the last minutes beside its figure; the figure says how much, the line only how it went. */
export function Sparkline({ line }: { line: readonly Sample[] }) {
  const shape = spark(line, WIDTH, HEIGHT - 2);
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 -1 ${WIDTH} ${HEIGHT}`}
      aria-hidden
      style={{ display: 'block' }}
    >
      {shape && (
        <>
          <path d={shape.area} fill="var(--faint)" opacity={0.14} />
          <path d={shape.line} fill="none" stroke="var(--faint)" strokeWidth={1.25} strokeLinejoin="round" />
        </>
      )}
    </svg>
  );
}
