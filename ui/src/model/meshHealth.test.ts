import { describe, expect, it } from 'vitest';
import { limitsOf, meshOf } from '../../e2e/fixtures/readApi';
import { graphAt } from '../../e2e/fixtures/shop';
import { certificateState, configurationState } from './instances';
import { meshProblems } from './meshHealth';

const now = 1_800_000_000_000;
const graph = graphAt(now, now - 600_000);
const mesh = meshOf(graph);
const [well] = mesh.proxies;
if (!well) throw new Error('the fixture has sidecars');

describe('the mesh itself', () => {
  it('has nothing to say where all is well', () => {
    expect(meshProblems({ ...mesh, proxies: [well] }, limitsOf(graph))).toEqual([]);
  });

  it('names what is not, what stops traffic first', () => {
    const expired = {
      ...well,
      certificate: { issued: now - 9e6, expires: now - 60_000, remainingSeconds: -60 },
    };
    const problems = meshProblems(
      {
        ...mesh,
        proxies: [...mesh.proxies, expired],
        pipeline: { ...mesh.pipeline, groups: [{ group: 'g', topic: 't', lag: 20_000 }] },
      },
      { ...limitsOf(graph), dropped: { edge_budget: 3 } },
    );
    expect(problems).toHaveLength(7);
    expect(problems[0]).toContain('has expired');
    expect(problems.at(-1)).toContain('3 points');
    expect(problems.some((problem) => problem.includes('g is 20\u202f000 records behind on t'))).toBe(true);
  });

  it('says of a certificate how long it holds, and that it was not renewed when little is left', () => {
    const left = (ms: number) =>
      certificateState(
        { ...well, certificate: { issued: now - 100 * 60_000, expires: now + ms, remainingSeconds: 0 } },
        now,
      );
    expect(left(60 * 60_000)).toEqual({ words: '60 min left', health: undefined });
    expect(left(5 * 60_000).health).toBe('warning');
    expect(left(-1).health).toBe('failing');
    expect(certificateState({ ...well, certificate: null }, now).health).toBeUndefined();
    expect(configurationState({ ...well, configuration: null }).words).toBe('did not say');
  });
});
