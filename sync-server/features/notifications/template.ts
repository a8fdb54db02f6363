/** Channels a template may go by; in-app is the person's inbox. */
export type Template = {
  title: string;
  body: string;
  /** Mail and WhatsApp that go out beside the inbox line. */
  email?: { subject: string; body: string };
  /** The name of the approved WhatsApp template. */
  whatsapp?: string;
};
