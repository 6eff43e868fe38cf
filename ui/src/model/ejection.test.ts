import { describe, expect, it } from 'vitest';
import { leftOutWords } from './ejection';

const by = (...reasons: (string | null)[]) => ({
  senders: reasons.length,
  ejectedBy: reasons.filter((reason) => reason !== null).length,
  by: reasons.map((ejected) => ({ ejected })),
});

describe('an endpoint that is left out', () => {
  it('is not spoken of while everybody uses it', () => {
    expect(leftOutWords(by(null, null))).toBeUndefined();
  });

  it('says by how many and why, each reason once', () => {
    expect(leftOutWords(by('consecutive_5xx'))).toBe('left out: server errors in a row');
    expect(leftOutWords(by('consecutive_5xx', 'consecutive_5xx'))).toBe(
      'left out by all 2: server errors in a row',
    );
    expect(leftOutWords(by('success_rate', 'probe_failed', null))).toBe(
      'left out by 2 of 3: it fails more often than the others; the request that was to find out failed again',
    );
  });

  it('shows a reason that is new as it came', () => {
    expect(leftOutWords(by('too_warm'))).toBe('left out: too warm');
  });
});
