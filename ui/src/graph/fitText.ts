const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** Measured once per text and font; bounded by forgetting everything when it grows past use. */
function width(text: string, font: string): number {
  const key = font + text;
  let known = widths.get(key);
  if (known === undefined) {
    context ??= document.createElement('canvas').getContext('2d');
    if (context) context.font = font;
    known = context?.measureText(text).width ?? text.length * 7;
    if (widths.size > 20_000) widths.clear();
    widths.set(key, known);
  }
  return known;
}

/** The text, or as much of its beginning as fits before an ellipsis. SVG text cannot do this by itself. */
export function fitText(text: string, room: number, size: number, weight: number): string {
  const font = `${weight} ${size}px 'Inter Variable', system-ui, sans-serif`;
  if (width(text, font) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (width(`${text.slice(0, middle)}…`, font) <= room) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`;
}
