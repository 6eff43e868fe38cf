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

/** Marks that never lie on each other, for events in the order of time. */
export function eventMarks(events: readonly MeshEvent[], x: (t: number) => number): EventMark[] {
  const marks: EventMark[] = [];
  for (const event of events) {
    const last = marks.at(-1);
    if (last && x(event.t) < last.x + widthOf(last) + APART_PX) {
      last.events.push(event);
      if (!last.kinds.includes(event.kind))
        last.kinds = [...last.kinds, event.kind].toSorted((a, b) => KINDS.indexOf(a) - KINDS.indexOf(b));
    } else marks.push({ x: x(event.t), events: [event], kinds: [event.kind] });
  }
  return marks;
}

/** `3 × certificate, 1 × deploy`, or the kind alone of a single one. */
export function kindWords({ events, kinds }: EventMark): string {
  if (events.length === 1) return kinds[0] ?? '';
  return kinds.map((kind) => `${events.filter((event) => event.kind === kind).length} × ${kind}`).join(', ');
}
