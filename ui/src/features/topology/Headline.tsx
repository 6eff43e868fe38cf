import { Figure } from '../../components/Figure';
import { HealthMark } from '../../components/HealthMark';
import { fateRows, fateWords, SERVED } from '../../model/fates';
import { latency, rate as formatRate, share, text } from '../../model/format';
import { healthOf, isTrouble } from '../../model/health';
import styles from './panel.module.css';

interface Props {
  rate: number | null;
  successShare: number | null;
  p50: number | null;
  p99: number | null;
  fates: Record<string, number>;
}

/** The four figures of now in one line, and in words what is wrong, if something is. */
export function Headline({ rate, successShare, p50, p99, fates }: Props) {
  const health = healthOf(successShare);
  const worst = fateRows(fates).find((row) => row.label !== SERVED);
  return (
    <>
      <dl className={styles.headline}>
        <div>
          <dt>Rate</dt>
          <dd>
            <Figure of={formatRate(rate)} />
          </dd>
        </div>
        <div>
          <dt>Success</dt>
          <dd>
            <Figure of={share(successShare)} />
          </dd>
        </div>
        {p50 !== null && (
          <div>
            <dt>p50</dt>
            <dd>
              <Figure of={latency(p50)} />
            </dd>
          </div>
        )}
        <div>
          <dt>p99</dt>
          <dd>
            <Figure of={latency(p99)} />
          </dd>
        </div>
      </dl>
      {isTrouble(health) && (
        <p className={styles.trouble} data-health={health}>
          <HealthMark share={successShare} />
          {text(share(1 - (successShare ?? 1)))} of the requests fail
          {worst && `, most often: ${fateWords(worst.label)}`}
        </p>
      )}
    </>
  );
}
