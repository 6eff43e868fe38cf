import type { ServiceDetail } from '../../api/services';
import { Icon } from '../../components/Icon';
import styles from './service.module.css';

/** What is to be written as it stands. */
const DECLARATION = /((?:appProtocol|protocol): \w+)/;

/** What its ports of undeclared protocol were found to speak, and what to write: advice, and no trouble. */
export function Undeclared({ ports }: { ports: ServiceDetail['undeclared'] }) {
  if (ports.length === 0) return null;
  return (
    <ul className={styles.advice} aria-label="Ports of undeclared protocol">
      {ports.map(({ service, port, direction, advice }) => (
        <li key={`${direction} ${service} ${port}`}>
          <Icon name="info" size={14} />
          <span>
            <b>
              {direction === 'inbound' ? 'Inbound port' : 'Port'} {port}
            </b>{' '}
            declares no protocol:{' '}
            {advice.split(DECLARATION).map((part, i) =>
              i % 2 ? (
                <b key={part} className="mono">
                  {part}
                </b>
              ) : (
                part
              ),
            )}
            .
          </span>
        </li>
      ))}
    </ul>
  );
}
