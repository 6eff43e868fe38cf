import { useState } from 'react';
import styles from './live.module.css';

interface Props {
  refusal: string | undefined;
  onToken: (token: string) => void;
}

/** Watching single requests is a right of its own: who has it holds a token. */
export function TokenForm({ refusal, onToken }: Props) {
  const [typed, setTyped] = useState('');
  return (
    <form
      className={styles.token}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim()) onToken(typed.trim());
      }}
    >
      <h2>A tap token is needed</h2>
      {refusal && (
        <p role="alert" className={styles.refusal}>
          {refusal}.
        </p>
      )}
      <p>
        Here you watch single requests of other people, live. Whoever runs the mesh grants a token for it, and
        each use is written down. It is kept in this tab alone, never in a link.
      </p>
      <label>
        <span>Token</span>
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" disabled={!typed.trim()}>
        Watch
      </button>
    </form>
  );
}
