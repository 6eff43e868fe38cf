export interface ServerEvent {
  name: string;
  data: string;
}

/** Server-sent events out of a body that comes in arbitrary pieces, where EventSource cannot be used: it sends no header. */
export class EventReader {
  private rest = '';

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    const blocks = (this.rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      let name = 'message';
      const data: string[] = [];
      for (const line of block.split('\n')) {
        const [, field, value = ''] = /^(event|data):? ?(.*)$/.exec(line) ?? [];
        if (field === 'event') name = value;
        if (field === 'data') data.push(value);
      }
      return data.length > 0 ? [{ name, data: data.join('\n') }] : [];
    });
  }
}
