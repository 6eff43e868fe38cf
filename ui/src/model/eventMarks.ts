import type { MeshEvent } from '../api/events';

/** Events that stand so close together that they are one mark. */
export interface EventMark {
  x: number;
  events: MeshEvent[];
  /** What is among them, the most telling first; each has a shape. */
  kinds: string[];
}

const KINDS = ['deploy', 'configuration', 'certificate'];
const SHAPE_PX = 15;
const DIGIT_PX = 8;
const APART_PX = 4;

/** How many stand there, where the shapes do not say it. */
export const numberOf = ({ events, kinds }: EventMark): string =>
  events.length > kinds.length ? String(events.length) : '';

const widthOf = (mark: EventMark): number => mark.kinds.length * SHAPE_PX + numberOf(mark).length * DIGIT_PX;

const clear = (mark: EventMark, x: number): boolean => x >= mark.x + widthOf(mark) + APART_PX;

const join = (one: EventMark, other: EventMark): EventMark => ({
  x: one.x,
  events: [...one.events, ...other.events],
  kinds: [...new Set([...one.kinds, ...other.kinds])].toSorted((a, b) => KINDS.indexOf(a) - KINDS.indexOf(b)),
});

/** Marks that never lie on each other nor reach beyond the line's width, for events in the order of time. */
export function eventMarks(
  events: readonly MeshEvent[],
  x: (t: number) => number,
  width: number,
): EventMark[] {
  const marks: EventMark[] = [];
  for (const event of events) {
    const next = { x: x(event.t), events: [event], kinds: [event.kind] };
    const last = marks.at(-1);
    if (last && !clear(last, next.x)) marks[marks.length - 1] = join(last, next);
    else marks.push(next);
  }
  // What stands at the end moves back, and takes along what is in its way.
  let last = marks.pop();
  while (last) {
    last = { ...last, x: Math.min(last.x, width - widthOf(last)) };
    const before = marks.at(-1);
    if (!before || clear(before, last.x)) return [...marks, last];
    marks.pop();
    last = join(before, last);
  }
  return marks;
}

/** `3 × certificate, 1 × deploy`, or the kind alone of a single one. */
export function kindWords({ events, kinds }: EventMark): string {
  if (events.length === 1) return kinds[0] ?? '';
  return kinds.map((kind) => `${events.filter((event) => event.kind === kind).length} × ${kind}`).join(', ');
}
