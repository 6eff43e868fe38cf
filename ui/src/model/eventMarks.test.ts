import { describe, expect, it } from 'vitest';
import type { MeshEvent } from '../api/events';
import { eventMarks, kindWords, numberOf } from './eventMarks';

const event = (t: number, kind = 'certificate'): MeshEvent => ({
  t,
  kind,
  action: '',
  node: null,
  text: '',
});
const marksOf = (...events: MeshEvent[]) => eventMarks(events, (t) => t, 1_000);

describe('marks of events on a line', () => {
  it('stand alone where there is room', () => {
    const marks = marksOf(event(0), event(19), event(40, 'deploy'));
    expect(marks.map(({ x }) => x)).toEqual([0, 19, 40]);
    expect(marks.map(numberOf)).toEqual(['', '', '']);
    expect(marks.map(kindWords)).toEqual(['certificate', 'certificate', 'deploy']);
  });

  it('are one where they would lie on each other, of whatever kind', () => {
    const [mark, ...more] = marksOf(event(0), event(3, 'deploy'), event(8), event(20));
    expect(more).toEqual([]);
    expect(mark?.kinds).toEqual(['deploy', 'certificate']);
    expect(mark && numberOf(mark)).toBe('4');
    expect(mark && kindWords(mark)).toBe('1 × deploy, 3 × certificate');
  });

  it('need more room the more they say', () => {
    const dozen = Array.from({ length: 12 }, () => event(0));
    expect(marksOf(...dozen, event(34))).toHaveLength(1);
    expect(marksOf(...dozen, event(35))).toHaveLength(2);
    expect(marksOf(event(0), event(1, 'deploy'), event(30))).toHaveLength(1);
  });

  it('stay on the line, together with what is in the way', () => {
    const at = (...events: MeshEvent[]) =>
      eventMarks(events, (t) => t, 100).map(({ x, events: of }) => [x, of.length]);
    expect(at(event(10), event(98))).toEqual([
      [10, 1],
      [85, 1],
    ]);
    expect(at(event(10), event(72), event(95, 'deploy'))).toEqual([
      [10, 1],
      [70, 2],
    ]);
    expect(at()).toEqual([]);
  });

  it('need no number where each shape is one', () => {
    expect(marksOf(event(0), event(1, 'deploy'), event(2, 'configuration')).map(numberOf)).toEqual(['']);
  });
});
