/** Names of values that are never logged (workflows 0.5). */
const secretName =
  /pass(word|phrase)?|token|secret|authori[sz]ation|cookie|api_?key|credential|private_?key|otp|pin_?code/i;
const replacement = '[removed]';

/** What looks like a secret wherever it stands: JWTs, bearer headers, keys of known services, addresses with credentials. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?/g, replacement],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${replacement}`],
  [/\b(shp(at|ca|pa|ss)_|sk-|sk_|pk_|rk_|EAA|re_|ghp_|xox[abprs]-)[\w-]{8,}/g, replacement],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]+:[^\s/@]+@/gi, `$1${replacement}@`],
  [
    /(["']?[\w-]*(?:password|passphrase|token|secret|authorization|cookie|api_?key|credential)[\w-]*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&"'})\]]+)/gi,
    `$1${replacement}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, replacement],
];

/** A text without what looks like a secret; long ones are cut. */
export function scrubText(text: string, longest: number): string {
  const clean = secrets.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
  return clean.length > longest ? clean.slice(0, longest) : clean;
}

/** An address without query, fragment and credentials: links that sign somebody in carry their secret there. */
export const scrubUrl = (url: string, longest: number): string => scrubText(url.replace(/[?#].*$/s, ''), longest);

/** A document without values under telling names, and with every text in it scrubbed. */
export function scrubValue(value: unknown): unknown {
  if (typeof value === 'string') return scrubText(value, 2000);
  if (Array.isArray(value)) return value.slice(0, 100).map(scrubValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([name, one]) => [name.slice(0, 100), secretName.test(name) ? replacement : scrubValue(one)]),
  );
}
