/** One stroke weight, 16 px grid, drawn in the colour of the text around. */
const paths = {
  topology: 'M3 8h3l6-4.5M6 8l6 4.5M3 8h.01M12.5 3.5h.01M12.5 12.5h.01',
  services: 'M2.5 3h11v3.5h-11zM2.5 9.5h11V13h-11zM4.8 4.75h.01M4.8 11.25h.01',
  live: 'M1.5 8h3l2-5 3 10 2-5h3',
  mesh: 'M8 1.8l5.4 2v4.1c0 3.2-2.2 5.3-5.4 6.4-3.2-1.1-5.4-3.2-5.4-6.4V3.8zM5.6 8l1.7 1.7 3.2-3.4',
  play: 'M5 3l8 5-8 5z',
  pause: 'M5 3v10M11 3v10',
  diff: 'M5 2.5v8M2.5 8L5 10.5 7.5 8M11 13.5v-8M8.5 8L11 5.5 13.5 8',
  traces: 'M2 4h7M5 8h8M8 12h5',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4l3.1 3.1',
  close: 'M4 4l8 8M12 4l-8 8',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  map: 'M2.5 6.5h4v3h-4zM9.5 2.5h4v3h-4zM9.5 10.5h4v3h-4zM6.5 8H8V4h1.5M8 8v4h1.5',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  terminal: 'M3 4.5L6.5 8 3 11.5M8.5 11.5h4.5',
  link: 'M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.4 4.4L11.5 9M9 11.5l-1.2 1.2a3 3 0 0 1-4.4-4.4L4.5 7',
  arrow: 'M3 8h10M9.5 4.5L13 8l-3.5 3.5',
  chevron: 'M6 4l4 4-4 4',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  unlock: 'M4 7.5h8v6H4zM5.5 7.5V4.6a2.5 2.5 0 0 1 4.9-.7',
  workload: 'M8 2l5 2.9v5.8L8 13.6l-5-2.9V4.9zM3.2 5L8 7.8 12.8 5M8 7.8v5.6',
  namespace: 'M2.5 5.5h8v8h-8zM5.5 5.5v-3h8v8h-3',
  focus: 'M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  triangle: 'M8 2.5L14 13.5H2z',
  client: 'M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3',
  database:
    'M3 4c0-1.1 2.2-2 5-2s5 .9 5 2-2.2 2-5 2-5-.9-5-2M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2',
  broker: 'M2.5 3h11v10h-11zM2.5 6.5h11M2.5 10h11M6 3v3.5M10 6.5V10M6 10v3',
  external:
    'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2',
  info: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 7.4v3.5M8 5h.01',
  help: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.1v.2M8 11.4h.01',
} as const;

export type IconName = keyof typeof paths;

interface Props {
  name: IconName;
  size?: number;
  /** Said to those who do not see it; without one the icon is decoration beside a word. */
  label?: string;
}

export function Icon({ name, size = 16, label }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'topology' ? 1.6 : 1.35}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      style={{ flex: 'none', display: 'block' }}
    >
      <path d={paths[name]} />
    </svg>
  );
}

export const iconPath = (name: IconName): string => paths[name];

const kinds = ['workload', 'client', 'namespace', 'database', 'broker'] as const;

/** The icon of a node's kind; kinds that are not known look like something outside the mesh. */
export function kindIcon(kind: string): IconName {
  return kinds.find((known) => known === kind) ?? 'external';
}
