import type { ReactNode } from 'react';
import { CopyButton } from './Controls';
import styles from './state.module.css';

interface Props {
  title: string;
  children?: ReactNode;
  /** One command to copy, where one helps. */
  command?: string;
  tone?: 'plain' | 'failing';
}

/** Stands where content would, at the content's own edge: what is the matter, and what to do next. */
export function State({ title, children, command, tone = 'plain' }: Props) {
  return (
    <div className={styles.state} data-tone={tone} role={tone === 'failing' ? 'alert' : 'status'}>
      <h2>{title}</h2>
      {children && <div className={styles.text}>{children}</div>}
      {command && (
        <div className={styles.command}>
          <code>{phrases(command)}</code>
          <CopyButton text={command} label="Copy" quiet />
        </div>
      )}
    </div>
  );
}

/** A long command breaks before an option, never within one. */
const phrases = (command: string): ReactNode[] =>
  command.split(/ (?=--)/).flatMap((phrase, i) => [i > 0 && ' ', <span key={i}>{phrase}</span>]);

/** A grey stand-in of the size of what is being loaded. */
export function Bone({ width, height }: { width: number | string; height: number }) {
  return <span className={styles.bone} style={{ width, height }} aria-hidden />;
}
