import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type TakenMessage = { wamid: string; to: string; template: string; parameters: string[]; rowId: string };

/** WhatsApp's Cloud API as far as templates go: token, number of places, ids, and the ways in which it fails. */
export type WhatsappStandIn = {
  url: string;
  phoneNumberId: string;
  token: string;
  appSecret: string;
  verifyToken: string;
  /** Approved templates and how many places each has. */
  templates: Record<string, number>;
  taken: TakenMessage[];
  asked: number;
  /** Error codes of the next requests; `lost`: the message is taken and the answer never arrives. */
  script: ({ status: number; code: number } | 'lost')[];
  /** A signed delivery of reports. */
  deliver(value: { statuses?: object[]; messages?: object[] }): { headers: Record<string, string>; body: string };
  close(): Promise<void>;
};

export async function startWhatsappStandIn(): Promise<WhatsappStandIn> {
  const server = createServer((request, response) => {
    let raw = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (raw += chunk));
    request.on('end', () => {
      standIn.asked++;
      const answer = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const refuse = (status: number, code: number) =>
        answer(status, { error: { message: 'scripted', type: 'OAuthException', code, fbtrace_id: 'x' } });
      if (!request.url?.endsWith(`/${standIn.phoneNumberId}/messages`)) return refuse(404, 100);
      if (request.headers.authorization !== `Bearer ${standIn.token}`) return refuse(401, 190);
      const step = standIn.script.shift();
      if (step && step !== 'lost') return refuse(step.status, step.code);
      const body = JSON.parse(raw) as {
        to: string;
        biz_opaque_callback_data: string;
        template: { name: string; components: { parameters: { text: string }[] }[] };
      };
      const parameters = body.template.components[0]!.parameters.map(({ text }) => text);
      const places = standIn.templates[body.template.name];
      if (places === undefined) return refuse(404, 132001);
      if (places !== parameters.length) return refuse(400, 132000);
      if (parameters.some((text) => /[\n\t]| {5}/.test(text) || text.length > 1024 || text === ''))
        return refuse(400, 132012);
      const wamid = `wamid.${randomUUID()}`;
      standIn.taken.push({
        wamid,
        to: body.to,
        template: body.template.name,
        parameters,
        rowId: body.biz_opaque_callback_data,
      });
      if (step === 'lost') return request.socket.destroy();
      return answer(200, { messaging_product: 'whatsapp', contacts: [{ wa_id: body.to }], messages: [{ id: wamid }] });
    });
  });
  const standIn: WhatsappStandIn = {
    url: '',
    phoneNumberId: '100200300400',
    token: randomBytes(16).toString('hex'),
    appSecret: randomBytes(16).toString('hex'),
    verifyToken: randomBytes(16).toString('hex'),
    templates: {
      recovery_first: 4,
      submission_approved: 3,
      submission_declined: 3,
      invoice_overdue: 4,
      session_reminder: 3,
    },
    taken: [],
    asked: 0,
    script: [],
    deliver(value) {
      const body = JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ id: '1', changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', ...value } }] }],
      });
      const signature = createHmac('sha256', standIn.appSecret).update(body).digest('hex');
      return { headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` }, body };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  // A connection that is given up just as the next request takes it would be a fault nobody asked for.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}
