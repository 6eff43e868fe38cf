import { useEffect, type ReactNode } from 'react';
import { FreshnessPill } from './Freshness';
import { Icon } from './Icon';
import { TimeBar } from './TimeBar';
import { TimeControl } from './TimeControl';
import { toggleTheme, useTheme } from './theme';
import styles from './shell.module.css';

interface Props {
  title: ReactNode;
  /** What the browser's tab says. */
  tab: string;
  /** One line of figures beside the title. */
  summary?: ReactNode;
  children?: ReactNode;
  /** Off where the page is of one thing that has a time of its own; `alone` where no timeline of the mesh goes with it. */
  timed?: boolean | 'alone';
  /** In place of the timeline. */
  timeline?: ReactNode;
}

/** The bar above every page: where one is, the page's own tools, how old the data is, the theme. */
export function Header({ title, tab, summary, children, timed = true, timeline }: Props) {
  const theme = useTheme();
  useEffect(() => {
    document.title = `${tab} · Tracery`;
  }, [tab]);
  return (
    <>
      <header className={styles.header}>
        <h1 className={styles.title}>{title}</h1>
        {summary && <p className={styles.summary}>{summary}</p>}
        <div className={styles.tools}>
          {children}
          {timed && <TimeControl />}
        </div>
        <FreshnessPill />
        <button
          type="button"
          className={styles.iconButton}
          onClick={toggleTheme}
          aria-label={theme === 'dark' ? 'Switch to light' : 'Switch to dark'}
          title={theme === 'dark' ? 'Light' : 'Dark'}
        >
          <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
        </button>
      </header>
      {timed === true && (timeline ?? <TimeBar />)}
    </>
  );
}
