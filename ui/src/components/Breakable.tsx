import { Fragment } from 'react';

/** A long name that may break after its slashes, not in the middle of a word. */
export function Breakable({ text }: { text: string }) {
  return text.split(/(?<=\/)(?!\/)/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
