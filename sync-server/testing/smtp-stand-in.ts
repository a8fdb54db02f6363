import { createServer, type AddressInfo, type Socket } from 'node:net';

/** One mail as an SMTP server takes it: envelope and the message as it came over the line, dots unstuffed. */
export type ReceivedMail = { from: string; to: string[]; message: string };

/** A small SMTP server of the plain kind: EHLO, AUTH PLAIN, MAIL, RCPT, DATA. */
export type SmtpStandIn = {
  port: number;
  received: ReceivedMail[];
  /** The next answer to a command (`RCPT`, `AUTH`, `DATA`, `END` after the message …) instead of yes; used once each. */
  script: { on: string; say: string }[];
  close(): Promise<void>;
};

export async function startSmtpStandIn({
  user,
  password,
}: { user?: string; password?: string } = {}): Promise<SmtpStandIn> {
  const sockets = new Set<Socket>();
  const standIn: SmtpStandIn = { port: 0, received: [], script: [], close: async () => undefined };
  const wanted = user === undefined ? null : Buffer.from(`\0${user}\0${password}`).toString('base64');
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    const say = (line: string) => void socket.write(`${line}\r\n`);
    /** Says what the script has for this moment; true when it had something. */
    const scripted = (on: string): boolean => {
      const at = standIn.script.findIndex((step) => step.on === on);
      if (at < 0) return false;
      say(standIn.script.splice(at, 1)[0]!.say);
      return true;
    };
    let mail: ReceivedMail = { from: '', to: [], message: '' };
    let data: string[] | null = null;
    const command = (line: string): void => {
      const verb = line.slice(0, 4).toUpperCase();
      if (scripted(verb)) return;
      const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
      switch (verb) {
        case 'EHLO':
        case 'HELO':
          return say(wanted ? '250-stand-in\r\n250-8BITMIME\r\n250 AUTH PLAIN' : '250-stand-in\r\n250 8BITMIME');
        case 'AUTH':
          return say(line.split(' ')[2] === wanted ? '235 welcome' : '535 5.7.8 no');
        case 'MAIL':
          mail = { from: address, to: [], message: '' };
          return say('250 ok');
        case 'RCPT':
          mail.to.push(address);
          return say('250 ok');
        case 'DATA':
          data = [];
          return say('354 go on');
        case 'STAR':
          return say('502 no TLS here');
        case 'QUIT':
          say('221 bye');
          return void socket.end();
        default:
          return say('250 ok');
      }
    };
    const line = (text: string): void => {
      if (!data) return command(text);
      if (text !== '.') return void data.push(text.startsWith('.') ? text.slice(1) : text);
      mail.message = data.join('\r\n');
      data = null;
      if (scripted('END')) return;
      standIn.received.push(mail);
      say('250 taken');
    };
    let held = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (held + chunk).split('\r\n');
      held = lines.pop()!;
      lines.forEach(line);
    });
    say('220 stand-in');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.port = (server.address() as AddressInfo).port;
  standIn.close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return standIn;
}
