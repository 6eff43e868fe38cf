import { describe, expect, it } from 'vitest';
import { EventReader } from './sse';

describe('server-sent events', () => {
  const text = ': hello\n\nevent: exchange\ndata: {"a":\ndata: 1}\n\r\n\ndata: plain\n\nevent: end\n';

  it('come whole, wherever the body is cut', () => {
    const whole = new EventReader().push(text);
    expect(whole).toEqual([
      { name: 'exchange', data: '{"a":\n1}' },
      { name: 'message', data: 'plain' },
    ]);
    for (let size = 1; size < 12; size++) {
      const reader = new EventReader();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...reader.push(text.slice(at, at + size)));
      expect(events, `pieces of ${size}`).toEqual(whole);
    }
  });
});
