import { Menu, type MenuItemConstructorOptions } from 'electron';

/** The native menu: what every desktop program has, and the ways into the app's own places. */
export function applicationMenu(name: string, openPlace: (link: string) => void): Menu {
  const place = (label: string, link: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator && { accelerator }),
    click: () => openPlace(link),
  });
  return Menu.buildFromTemplate([
    {
      label: process.platform === 'darwin' ? name : '&File',
      submenu: [place('Profile', 'profile'), { type: 'separator' }, { role: 'quit' }],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { label: '&Sync', submenu: [place('Sync details', 'sync')] },
    { label: '&Window', submenu: [{ role: 'minimize' }, { role: 'close' }] },
  ]);
}
