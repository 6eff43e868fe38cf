import styles from './graph.module.css';

/** One line that names everything the map draws; where two times are compared, how it marks what differs. */
export function Legend({ compared }: { compared: boolean }) {
  return (
    <div className={styles.legend} data-fixed role="note" aria-label="Legend" tabIndex={0}>
      {compared && <Changes />}
      <span>
        <svg width="74" height="10" aria-hidden>
          {[1, 1.75, 3, 4.75].map((width, i) => (
            <path key={width} d={`M${i * 19} 5h15`} stroke="var(--edge-strong)" strokeWidth={width} />
          ))}
        </svg>
        under 1, 10, 100, over 100 /s
      </span>
      <span>
        <Triangle color="var(--warning)" />
        under 99 % succeed
      </span>
      <span>
        <Triangle color="var(--failing)" />
        under 95 %
      </span>
      <span>
        <svg
          width="13"
          height="13"
          viewBox="0 0 16 16"
          fill="none"
          stroke="var(--text)"
          strokeWidth="1.6"
          strokeLinecap="round"
          aria-hidden
        >
          <path d="M4 7.5h8v6H4zM5.5 7.5V4.6a2.5 2.5 0 0 1 4.9-.7" />
        </svg>
        not mTLS
      </span>
      {!compared && (
        <span>
          <svg width="22" height="10" aria-hidden>
            <path
              d="M1 5h20"
              stroke="var(--edge-strong)"
              strokeWidth="1.75"
              strokeDasharray="1 5"
              strokeLinecap="round"
            />
          </svg>
          silent for 30 s
        </span>
      )}
      <span>
        <svg width="13" height="13" viewBox="-7 -7 14 14" fill="none" strokeWidth="2.75" aria-hidden>
          <circle r="4.5" stroke="var(--control)" />
          <circle r="4.5" stroke="var(--accent)" strokeDasharray="7 30" transform="rotate(-90)" />
        </svg>
        version split
      </span>
    </div>
  );
}

const Changes = () => (
  <>
    <Change state={styles.came} sign={PLUS} word="came" />
    <Change state={styles.left} sign={CROSS} word="left" />
    <Change state={styles.changed} word="changed" />
    <Change state={styles.same} word="the same" />
  </>
);

const PLUS = 'M-4 0h8M0 -4v8';
const CROSS = 'M-3 -3l6 6M3 -3l-6 6';

const Change = ({ state, sign, word }: { state: string | undefined; sign?: string; word: string }) => (
  <span>
    <svg width="30" height="16" viewBox="0 0 30 16" className={state} aria-hidden>
      <path className={styles.line} d="M1 8h28" strokeWidth="2" />
      {sign && (
        <g className={styles.sign} transform="translate(15 8) scale(0.8)">
          <circle r={8} />
          <path d={sign} />
        </g>
      )}
    </svg>
    {word}
  </span>
);

const Triangle = ({ color }: { color: string }) => (
  <svg width="11" height="10" viewBox="0 0 11 10" aria-hidden>
    <path d="M5.5 0L11 10H0z" fill={color} />
  </svg>
);
