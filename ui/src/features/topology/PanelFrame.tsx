import type { ReactNode } from 'react';
import { Icon } from '../../components/Icon';
import { go } from './useTopologyView';
import styles from './panel.module.css';

export const protocolWords = (protocol: string): string =>
  protocol === 'tcp' ? 'TCP connections' : protocol === 'grpc' ? 'gRPC calls' : 'HTTP requests';

/** The panel beside the map: a head that stays, and a way out. */
export function PanelFrame({
  label,
  title,
  children,
  onClose = () => go.select(undefined),
  closing = 'Close (Esc)',
}: {
  label: string;
  title: ReactNode;
  children: ReactNode;
  onClose?: () => void;
  closing?: string;
}) {
  return (
    <aside className={styles.panel} data-panel aria-label={`Details of ${label}`} data-testid="panel">
      <header className={styles.head}>
        <div>{title}</div>
        <button type="button" className={styles.close} aria-label={closing} title={closing} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
