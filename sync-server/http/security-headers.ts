import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Origins of our own app; the desktop scheme, and the address its test host gives the same pages. */
const appOrigins = ['app://growthos', 'https://growthos.app.localhost'];

const allowedHeaders = [
  'authorization',
  'apikey',
  'content-type',
  'cache-control',
  'if-none-match',
  'range',
  'idempotency-key',
  'sync-protocol',
  'sync-schema',
  'x-app-version',
  'x-client-info',
  'x-device-id',
  'x-device-key',
  'x-device-label',
  'x-device-platform',
  'x-http-method-override',
  'x-metadata',
  'x-region',
  'x-supabase-api-version',
  'x-upsert',
  'tus-resumable',
  'upload-checksum',
  'upload-concat',
  'upload-defer-length',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];

const exposedHeaders = [
  'accept-ranges',
  'content-length',
  'content-range',
  'etag',
  'link',
  'location',
  'retry-after',
  'tus-extension',
  'tus-max-size',
  'tus-resumable',
  'tus-version',
  'upload-expires',
  'upload-length',
  'upload-offset',
  'x-request-id',
  'x-supabase-api-version',
  'x-total-count',
];

/**
 * Content policy of the web edition and of every answer: only our own scripts and connections, no frames of others.
 * Inline style stays allowed because the dialog and toast primitives insert style elements when they open.
 */
const contentPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", 'blob:', 'data:'],
  mediaSrc: ["'self'", 'blob:'],
  fontSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  workerSrc: ["'self'", 'blob:'],
  manifestSrc: ["'self'"],
  objectSrc: ["'none'"],
  // Handed-in PDFs are shown from memory, in a frame.
  frameSrc: ['blob:'],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
};

/** Puts the security headers on every answer and lets the app's own origins, and no other, call from a page. */
export async function secureHeaders(app: FastifyInstance, publicUrl: string | undefined): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy },
    // The desktop app reads media and files from its own scheme, which is another origin.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    crossOriginEmbedderPolicy: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: publicUrl?.startsWith('https:') ? { maxAge: 31_536_000 } : false,
  });
  await app.register(cors, {
    origin: publicUrl ? [...appOrigins, new URL(publicUrl).origin] : appOrigins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders,
    exposedHeaders,
    maxAge: 600,
  });
}
