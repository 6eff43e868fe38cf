import { day, instantWords } from '../model/format';
import { lookbacks, type Lookback } from '../model/timeRange';
import { Select } from './Controls';
import { Icon } from './Icon';
import { useNow } from './useNow';
import { goTime, useTimeSpan } from './useTimeSpan';
import styles from './time.module.css';

/** Live and how far back, or the range that stands still with the way back to live. */
export function TimeControl() {
  const { lookback, range } = useTimeSpan();
  const now = useNow();
  const words = (t: number) => instantWords(now - (range?.from ?? now), t);
  return (
    <>
      <Select
        label="last"
        compact
        value={lookback}
        options={lookbacks.map(({ value, label }) => ({
          value,
          label: label.replace(/ minutes?/, ' min').replace(/ hours?/, ' h'),
        }))}
        onChange={(value) => goTime.lookback(value as Lookback)}
      />
      {range && (
        <button
          type="button"
          className={styles.range}
          data-testid="range"
          title={`${day(range.from)}: the page stands still; click to go back to live`}
          onClick={() => goTime.range(undefined)}
        >
          {words(range.from)} – {words(range.to)}
          <Icon name="close" size={12} label="back to live" />
        </button>
      )}
    </>
  );
}
