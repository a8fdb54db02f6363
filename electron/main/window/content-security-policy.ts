/**
 * The policy of every page of the app. Scripts come from the app alone; the only other origin it may talk to is its own sync
 * server. Inline styles are allowed because positioning libraries set style attributes.
 */
export function contentSecurityPolicy(serverUrl: string): string {
  const server = new URL(serverUrl).origin;
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `connect-src 'self' ${server}`,
    `img-src 'self' blob: data: ${server}`,
    `media-src 'self' blob: ${server}`,
    "font-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-src blob: 'self'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join('; ');
}
