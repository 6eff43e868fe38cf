import { useEffect, useState } from 'react';
import { Icon } from '../../components/Icon';
import { useNow } from '../../components/useNow';
import { goTime, useTimeSpan } from '../../components/useTimeSpan';
import { lookbackMs, momentMs, played } from '../../model/timeRange';
import styles from './topology.module.css';

const STEP_MS = 1_200;

/** Lets the chosen time run up to now, step by step; from live it begins at the left end of the timeline. Space does the same. */
export function Player() {
  const { lookback, range } = useTimeSpan();
  const now = useNow();
  const [playing, setPlaying] = useState(false);
  if (playing && !range) setPlaying(false);

  useEffect(() => {
    if (!playing || !range) return;
    const timer = setTimeout(() => goTime.range(played(range, now), true), STEP_MS);
    return () => clearTimeout(timer);
    // Only the range's own change begins the next step; the clock's ticks must not put it off.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [playing, range]);

  const toggle = () => {
    if (playing) {
      setPlaying(false);
      return;
    }
    const from = now - lookbackMs(lookback);
    if (!range) goTime.range({ from, to: from + momentMs(lookback) });
    setPlaying(true);
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (
        event.key !== ' ' ||
        (event.target as HTMLElement).closest('input, select, button, a, [role=button], [role=row]')
      )
        return;
      event.preventDefault();
      toggle();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  });

  return (
    <button
      type="button"
      className={styles.play}
      aria-pressed={playing}
      aria-label={playing ? 'Stop' : 'Play the past'}
      title={playing ? 'Stop (space)' : 'Play the past up to now (space)'}
      onClick={toggle}
    >
      <Icon name={playing ? 'pause' : 'play'} size={14} />
    </button>
  );
}
