import type { Feature } from '../../deps.ts';
import { whatsappWebhook } from './webhook.ts';
import { sweepWhatsapp } from './whatsapp.job.ts';

/** Messages by WhatsApp: approved templates to those who asked for them, and what Meta reports about them. */
export const whatsapp: Feature = {
  name: 'whatsapp',
  jobs: [sweepWhatsapp],
  routes: whatsappWebhook,
};
