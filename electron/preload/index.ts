import { contextBridge, ipcRenderer } from 'electron';

/**
 * The one door between page and desktop. The page gets two functions and never `ipcRenderer` or an event object; which
 * channels exist and what they accept is decided in the main process (`main/handle.ts`).
 */
contextBridge.exposeInMainWorld('desktop', {
  invoke: (channel: unknown, input: unknown) => ipcRenderer.invoke('desktop', channel, input),
  on: (event: unknown, listener: (payload: unknown) => void) => {
    const receive = (_event: unknown, name: unknown, payload: unknown): void => {
      if (name === event) listener(payload);
    };
    ipcRenderer.on('desktop', receive);
    return () => {
      ipcRenderer.removeListener('desktop', receive);
    };
  },
});
