/**
 * The hue of a service's band. Only from cyan over blue to magenta: red, amber and green are for health. The name always
 * stands beside it, so two services of one hue cost nothing.
 */
const hues = [222, 268, 192, 308, 246, 206, 288, 326];

export function serviceColors(services: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    services.map((service, i) => {
      const hue = hues[i % hues.length] ?? 222;
      const lightness = i < hues.length ? 0.64 : 0.5;
      return [service, `oklch(${lightness} 0.11 ${hue})`];
    }),
  );
}
