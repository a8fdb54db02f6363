import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { channels, type Channel, type EventName, type EventPayload, type Input, type Output } from '#desktop/index.ts';
import { appOrigin } from './window/origin.ts';

/** Every channel of the contract, answered. A channel without a handler does not compile. */
export type Handlers = { [C in Channel]: (input: Input<C>) => Promise<Output<C>> | Output<C> };

/** Only the main frame of our own page may ask; a frame that is gone or has no address may not. */
export function isTrustedSender(event: Pick<IpcMainInvokeEvent, 'senderFrame'>): boolean {
  const frame = event.senderFrame;
  if (!frame || frame.parent !== null || !URL.canParse(frame.url)) return false;
  const { protocol, host } = new URL(frame.url);
  return `${protocol}//${host}` === appOrigin;
}

/** Parses, calls, parses: nothing reaches a handler, and nothing leaves it, that the contract does not name. */
export async function answer(handlers: Handlers, channel: unknown, input: unknown): Promise<unknown> {
  if (typeof channel !== 'string' || !Object.hasOwn(channels, channel)) throw new Error('unknown channel');
  const name = channel as Channel;
  const parsed = channels[name].in.safeParse(input);
  if (!parsed.success) throw new Error(`${name}: the input does not fit`);
  const handler = handlers[name] as (value: unknown) => unknown;
  return channels[name].out.parse(await handler(parsed.data));
}

/** Binds the contract to the handlers. */
export function bind(ipcMain: IpcMain, handlers: Handlers): void {
  ipcMain.handle('desktop', (event, channel: unknown, input: unknown) => {
    if (!isTrustedSender(event)) throw new Error('sender refused');
    return answer(handlers, channel, input);
  });
}

/** Tells the page something on the desktop's own account. */
export function tell<E extends EventName>(contents: WebContents | undefined, event: E, payload: EventPayload<E>): void {
  if (contents && !contents.isDestroyed()) contents.send('desktop', event, payload);
}
