import './app/no-eval.ts';
import './ui/theme.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { startAppearance } from './app/appearance.ts';
import { startWords } from './locales/i18n.ts';
import { startSession } from './data/index.ts';
import { keepClock } from './platform/index.ts';
import { parts } from './routes.tsx';

startAppearance();
startWords();
keepClock();
void startSession();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App {...parts} />);
